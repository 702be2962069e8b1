"""metrics/crossvalidation.json: every head out of fold."""

from pipeline.artifacts.document import Document
from pipeline.artifacts.results import Counted, Estimate


class Extremes(Document):
    """The smallest and the largest figure of a repeat."""

    smallest: float
    largest: float


class CrossValidated(Document, extra="allow"):
    """One head's main metrics out of fold, means over the repeats."""

    __pydantic_extra__: dict[str, Estimate]

    auc_by_repeat: Extremes

    def estimate(self, metric: str) -> Estimate:
        """Return the estimate of a metric; an undefined one where it was not computed."""
        return self.__pydantic_extra__.get(metric, Estimate(value=None))


class CrossValidation(Counted):
    """metrics/crossvalidation.json; `models` is empty with split.scheme holdout."""

    repeats: int
    folds: int
    n: int
    n_patients: int
    models: dict[str, CrossValidated]
