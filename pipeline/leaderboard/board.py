"""The leaderboard as data: cohorts, and in each a row for every model of every run."""

from datetime import datetime

from pipeline.artifacts.cost import Cost
from pipeline.artifacts.document import Document
from pipeline.artifacts.provenance import data_in_words
from pipeline.artifacts.results import Counted, Difference, Estimate


class Row(Document):
    """One model of one run.

    Attributes
    ----------
    experiment
        Name of the experiment, 'HEAD' or 'workspace'.
    same_as
        The run listed before whose model of this name has the same predictions; None if none.
    model, arm
        Name of the model, and 'frozen head', 'ensemble' or 'fine-tuning'.
    backbone, weights, random_weights
        The network, the name of its weights, and whether these are random.
    trainings
        From how many seeds the model was trained; the figures are means over them.
    validation_auc
        By which the best is chosen.
    best
        Whether it is the best on validation, which the others are compared with.
    auc
        With its interval.
    difference
        AUC less that of the best, on the same cases; `p_holm` is adjusted for the cohort. None of
        the best itself.
    verdict
        What the difference shows, in words.
    threshold, sensitivity, specificity
        Where the probability is cut, which validation chose, and what that gives; not defined
        for more than two classes.
    accuracy, f1, brier
        Accuracy, F1 and Brier score, the last two without an interval.
    cost
        Of training, search and inference, of a head with the embeddings that it uses; None where
        the run does not say.
    date
        Of the run.
    """

    experiment: str
    same_as: str | None
    model: str
    arm: str
    backbone: str
    weights: str
    random_weights: bool
    trainings: int
    validation_auc: float | None
    best: bool
    auc: Estimate
    difference: Difference | None
    verdict: str
    threshold: float | None
    sensitivity: Estimate
    specificity: Estimate
    accuracy: Estimate
    f1: Estimate
    brier: Estimate
    cost: Cost | None
    date: datetime

    @property
    def training_seconds(self) -> float | None:
        """Seconds of training and search for every 1,000 images of the training split."""
        return None if self.cost is None else self.cost.to_train.seconds_per_1000

    @property
    def inference_seconds(self) -> float | None:
        """Seconds of inference for 1,000 new images."""
        return None if self.cost is None else self.cost.inference.seconds_per_1000


class Cohort(Counted):
    """Runs of the same images, patients, labels and splits; only these are compared.

    Attributes
    ----------
    sha256
        Of ids, patients, labels, splits and classes.
    classes
        Names by label.
    synthetic
        Whether a program drew the images.
    split, split_note
        Which cases the figures are of, and what speaks against those; None for test.
    n, n_patients
        Cases of that split and their patients.
    best_note
        How the best was chosen, in words.
    rows
        The highest AUC first.
    """

    sha256: str
    classes: tuple[str, ...]
    synthetic: bool
    split: str
    split_note: str | None
    n: int
    n_patients: int
    best_note: str
    rows: tuple[Row, ...]

    @property
    def size(self) -> str:
        """Split, cases, patients and how many are of which class, in words."""
        return f"{self.split}: {self.n:,} images of {self.n_patients:,} patients, {self.counts}"

    @property
    def cautions(self) -> tuple[str, ...]:
        """What the figures must not be mistaken for, in words."""
        random = sorted({row.backbone for row in self.rows if row.random_weights})
        found = {
            f"SYNTHETIC DATA: {data_in_words(synthetic=True)}": self.synthetic,
            f"RANDOM WEIGHTS, not pretrained: {', '.join(random)}": bool(random),
            f"NO TEST SPLIT: {self.split_note}": self.split_note is not None,
        }
        return tuple(words for words, holds in found.items() if holds)

    @property
    def distinct(self) -> tuple[tuple[Row, str], ...]:
        """Each row whose predictions no row before has, with the names of all runs of them."""
        return tuple(
            (row, ", ".join([row.experiment, *self._same(row)]))
            for row in self.rows
            if row.same_as is None
        )

    def _same(self, row: Row) -> list[str]:
        """Return the other runs whose model of this name has the same predictions."""
        return [
            other.experiment
            for other in self.rows
            if (other.same_as, other.model) == (row.experiment, row.model)
        ]


class Board(Document):
    """The leaderboard.

    Attributes
    ----------
    confidence
        Of all intervals, as 0.95.
    cohorts
        That of the newest run first.
    problems
        What could not be read, a sentence each.
    """

    confidence: float
    cohorts: tuple[Cohort, ...]
    problems: tuple[str, ...]
