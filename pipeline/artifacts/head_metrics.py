"""metrics/heads/<head>.json: how a head does on validation, and inside the training split."""

from pipeline.artifacts.document import Document


class InnerCV(Document):
    """How good a head is in cross-validation inside the training split.

    Attributes
    ----------
    auc
        Mean over the folds; None where the training split could not be divided.
    by_fold
        The AUC of each fold.
    because
        Why there is none; None where there is one.
    """

    auc: float | None
    by_fold: tuple[float, ...] = ()
    because: str | None = None


class HeadMetrics(Document):
    """What the choice of a head reads of metrics/heads/<head>.json."""

    inner_cv: InnerCV
