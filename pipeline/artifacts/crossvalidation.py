"""metrics/crossvalidation.json: every head out of fold."""

from pipeline.artifacts.document import Document
from pipeline.artifacts.results import Counted, Difference, Estimate


class Extremes(Document):
    """The smallest and the largest figure of a repeat."""

    smallest: float
    largest: float


class FoldAuc(Document):
    """A model's AUC on one fold; None where it is not defined.

    Attributes
    ----------
    repeat, fold
        Which one.
    scored, trained
        Patients in the fold, and outside it.
    fewest
        Patients of the rarest class, in the fold or outside it.
    """

    repeat: int
    fold: int
    scored: int
    trained: int
    fewest: int
    auc: float | None

    @property
    def key(self) -> tuple[int, int, int, int]:
        """What two models share on the same fold."""
        return self.repeat, self.fold, self.scored, self.trained


class FoldDifference(Document):
    """Two models on the same folds, the first minus the second.

    Attributes
    ----------
    folds
        How many both have, of all repeats.
    auc
        The mean difference of their AUCs; `p_holm` is adjusted for all pairs of the file.
    """

    first: str
    second: str
    folds: int
    auc: Difference


class CrossValidated(Document, extra="allow"):
    """One head's main metrics out of fold, means over the repeats."""

    __pydantic_extra__: dict[str, Estimate]

    auc_by_repeat: Extremes
    auc_by_fold: tuple[FoldAuc, ...] = ()

    def estimate(self, metric: str) -> Estimate:
        """Return the estimate of a metric; an undefined one where it was not computed."""
        return self.__pydantic_extra__.get(metric, Estimate(value=None))


class CrossValidation(Counted):
    """metrics/crossvalidation.json; `models` is empty with split.scheme holdout.

    `differences` are of the models of this file, over the same folds.
    """

    repeats: int
    folds: int
    n: int
    n_patients: int
    models: dict[str, CrossValidated]
    differences: tuple[FoldDifference, ...] = ()
