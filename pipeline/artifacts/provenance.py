"""What the figures of an evaluation are about, and what they must not be mistaken for."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

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
    n, n_patients
        Cases reported, and the patients they are of.
    counts
        `n_positive`, how many of the cases are positive; of more than two classes `n_by_class`,
        how many are of each.
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
    counts: Mapping[str, Any]
    confidence: float
    bootstrap: int
    interval: str
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
    def auc(self) -> str:
        """What the AUC is called: of more than two classes it is the mean of each one's."""
        return "AUC" if "n_positive" in self.counts else "macro AUC"

    @property
    def size(self) -> str:
        """Cases, patients and how many are of which class, in words."""
        return f"{self.n:,} images of {self.n_patients:,} patients, {counts_in_words(self.counts)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for JSON, those of `counts` among them."""
        content: dict[str, Any] = {}
        for name, value in asdict(self).items():
            content |= value if name == "counts" else {name: value}
        return content

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


def counted(classes: Sequence[str], labels: ArrayLike) -> dict[str, Any]:
    """Return how many images are positive (`n_positive`), or of each class (`n_by_class`)."""
    counts = np.bincount(np.asarray(labels, dtype=np.int64), minlength=len(classes)).tolist()
    if len(classes) == 2:
        return {"n_positive": counts[1]}
    return {"n_by_class": dict(zip(classes, counts, strict=True))}


def counts_in_words(counts: Mapping[str, Any]) -> str:
    """Write what :func:`counted` returned.

    Examples
    --------
    >>> counts_in_words({"n_positive": 12}), counts_in_words({"n_by_class": {"a": 1, "b": 2}})
    ('12 positive', '1 a, 2 b')
    """
    if "n_positive" in counts:
        return f"{counts['n_positive']:,} positive"
    return ", ".join(f"{n:,} {name}" for name, n in counts["n_by_class"].items())


def note_on_split(split: str) -> str | None:
    """Return what `Heading.split_note` says."""
    return OPTIMISTIC if split == "validation" else None
