"""What the figures of an evaluation are about, and what they must not be mistaken for."""

from dataclasses import dataclass

from pipeline.evaluation.intervals import INTERVAL

REAL = "real images"
SYNTHETIC = "synthetic demo cohort (not patients)"
RANDOM = "random"
OPTIMISTIC = "optimistic: also used for early stopping and thresholds"


@dataclass(frozen=True, kw_only=True)
class Heading:
    """The top of metrics/summary.json.

    Attributes
    ----------
    data
        Whether the images are synthetic, in words.
    backbone
        Its name.
    weights
        Their name, or 'random'.
    split
        Which cases are reported: 'test', or 'validation' where none were held out.
    split_note
        What speaks against those cases; None for the test split.
    n, n_patients, n_positive
        Cases reported, the patients they are of, and how many of the cases are positive.
    confidence
        Of the intervals, as 0.95.
    bootstrap
        How many times the patients were drawn.
    best_head
        The head with the highest AUC on validation; None where no AUC is defined there.
    interval
        How the intervals were made.
    """

    data: str
    backbone: str
    weights: str
    split: str
    split_note: str | None
    n: int
    n_patients: int
    n_positive: int
    confidence: float
    bootstrap: int
    interval: str = INTERVAL
    best_head: str | None

    @property
    def synthetic(self) -> bool:
        """Whether a program made the images."""
        return self.data != REAL

    @property
    def random_weights(self) -> bool:
        """Whether the backbone was not pretrained."""
        return self.weights == RANDOM

    @property
    def level(self) -> str:
        """The confidence in per cent, as '95 %'."""
        return f"{100 * self.confidence:g} %"

    @property
    def cautions(self) -> list[str]:
        """In words, what keeps this from being a held-out test of a pretrained network."""
        cautions = []
        if self.synthetic:
            cautions.append(self.data)
        if self.random_weights:
            cautions.append("random weights, not pretrained")
        if self.split_note is not None:
            cautions.append(self.split_note)
        return cautions


def data_in_words(*, synthetic: bool) -> str:
    """Return what `Heading.data` says."""
    return SYNTHETIC if synthetic else REAL


def weights_in_words(name: str, *, random: bool) -> str:
    """Return what `Heading.weights` says."""
    return RANDOM if random else name


def note_on_split(split: str) -> str | None:
    """Return what `Heading.split_note` says."""
    return OPTIMISTIC if split == "validation" else None
