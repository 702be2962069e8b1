"""The results of an evaluation: what the stage evaluate writes and the report reads."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import ConfigDict, model_validator

from pipeline.artifacts.document import Document
from pipeline.artifacts.provenance import counts_in_words


class Estimate(Document):
    """A figure and its interval; None where it is not defined, as the AUC of one class.

    Attributes
    ----------
    value
        Of a model that was trained from several seeds, the mean over its trainings.
    low, high
        Ends of the interval.
    because
        Why a figure has no interval; None where it has one, or is not defined.
    seeds_sd
        Standard deviation over the trainings, on these cases; None of a single training.
    seeds_share
        Share of the figure's variance that comes from seeds; the rest comes from patients.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    because: str | None = None
    seeds_sd: float | None = None
    seeds_share: float | None = None


class Difference(Estimate):
    """A paired difference, first minus second, and the p-value of the test that there is none.

    All p-values are None without an interval.

    Attributes
    ----------
    p_holm
        Adjusted for all pairs but the primary one (:mod:`pipeline.evaluation.claims`).
    p_first_worse, p_second_worse
        One-sided: of the hypothesis that this model is worse by the margin or more, adjusted
        likewise; None where no margin is set.
    order_false
        Of AUCs: the probability that the true order is the other one
        (:mod:`pipeline.statistics.power`).
    detectable
        The smallest difference that these patients show with 80 % power.
    patients
        On whom it was measured.
    patients_needed
        How many such patients show a difference as measured with 80 % power; None where no
        number does.
    """

    p: float | None
    p_holm: float | None = None
    p_first_worse: float | None = None
    p_second_worse: float | None = None
    order_false: float | None = None
    detectable: float | None = None
    patients: int | None = None
    patients_needed: int | None = None


class Tested(Estimate):
    """A figure and the p-value of the test that it is what chance gives; None without a test.

    Attributes
    ----------
    p_holm
        Adjusted for all that was tested together.
    """

    p: float | None
    p_holm: float | None = None


class Metrics(Document):
    """Estimates by the name of the metric, beside the fields of a subclass."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Estimate]

    @classmethod
    def of(cls, estimates: Mapping[str, Estimate], **fields: Any) -> Self:  # noqa: ANN401 - own fields
        """Join estimates by the name of the metric with the fields of a subclass."""
        return cls.model_validate({**fields, **estimates})

    def estimate(self, metric: str) -> Estimate:
        """Return the estimate of a metric; an undefined one where it was not computed."""
        return self.estimates.get(metric, Estimate(value=None))

    @property
    def auc(self) -> Estimate:
        """The AUC."""
        return self.estimate("auc")

    @property
    def estimates(self) -> dict[str, Estimate]:
        """All estimates by the name of the metric."""
        return self.__pydantic_extra__


class OperatingPoint(Document):
    """What a threshold that reaches a rate on validation reaches on the reported cases.

    Attributes
    ----------
    held
        The rate that it reaches on validation: 'sensitivity' or 'specificity'.
    rate
        How high, as 0.9.
    threshold
        A case is called positive from this probability on; that of the first training. None where
        no threshold reaches the rate there.
    sensitivity, specificity
        On the reported cases.
    """

    held: str
    rate: float
    threshold: float | None
    sensitivity: Estimate = Estimate(value=None)
    specificity: Estimate = Estimate(value=None)


class ModelMetrics(Metrics):
    """What one model reached on the reported cases.

    Attributes
    ----------
    threshold
        Probability from which a case is called positive; None where the highest decides.
    degenerate_resamples
        Bootstrap draws in which the AUC was not defined, for want of a class.
    trainings
        From how many seeds the model was trained; its figures are means over them, its threshold
        is that of the first.
    operating_points
        Thresholds carried from validation, of a binary task in metrics/scores.json.
    """

    threshold: float | None = None
    degenerate_resamples: int = 0
    trainings: int = 1
    operating_points: tuple[OperatingPoint, ...] = ()


class ClassMetrics(Metrics):
    """How well one model tells one class from the rest: auc, sensitivity, precision."""

    n: int
    n_patients: int


class Counted(Document):
    """Images: how many are positive in a binary task, or how many are of each class."""

    n_positive: int | None = None
    n_by_class: dict[str, int] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.n_positive is None) == (self.n_by_class is None):
            raise ValueError("either n_positive or n_by_class is needed")
        return self

    @property
    def binary(self) -> bool:
        """Whether one class is positive and the other negative."""
        return self.n_by_class is None

    @property
    def counts(self) -> str:
        """How many images are positive, or of each class, in words."""
        return counts_in_words({"n_positive": self.n_positive, "n_by_class": self.n_by_class})


class Pair(Document):
    """Two models on the same cases, the first minus the second.

    Attributes
    ----------
    auc, accuracy
        Tested, clustered by patient.
    auc_bootstrap, brier
        With paired bootstrap intervals over patients.
    better
        The model with the significantly higher AUC; None where none is shown to be better.
    first_not_worse, second_not_worse
        Whether this one is shown not to be worse by the margin or more.
    primary
        Whether the conclusion is about this pair: it is not adjusted for the others.
    """

    first: str
    second: str
    auc: Difference
    auc_bootstrap: Estimate
    accuracy: Difference
    brier: Estimate
    better: str | None
    first_not_worse: bool
    second_not_worse: bool
    primary: bool = False

    @property
    def decided(self) -> bool:
        """Whether a difference or non-inferiority is shown."""
        return self.better is not None or self.first_not_worse or self.second_not_worse


class PairSummary(Document):
    """The differences of the primary pair, as in the summary."""

    auc: Estimate
    accuracy: Estimate
    brier: Estimate


class About(Document):
    """What the figures of a file are about.

    Attributes
    ----------
    data
        Whether the images are synthetic, in words.
    weights
        Name of the backbone's weights, or 'random'.
    split
        Which cases are reported: 'test', or 'validation' where none were held out.
    split_note
        What speaks against those cases; None for the test split.
    confidence
        Of the intervals, as 0.95.
    """

    data: str
    weights: str
    split: str
    split_note: str | None
    confidence: float


class ScoresFile(About):
    """metrics/scores.json: every metric by model, and every reported class against the rest."""

    interval: str
    models: dict[str, ModelMetrics]
    classes: dict[str, dict[str, ClassMetrics]]


class ComparisonsFile(About):
    """metrics/comparisons.json: every pair of models.

    `reading` says what the primary pair means for the claims about all others; without a `margin`
    no model is claimed to be not worse.
    """

    tests: str
    reading: str = ""
    margin: float | None
    margin_reason: str | None = None
    pairs: tuple[Pair, ...]


class ModelCalibration(Document):
    """A model's calibration as it is and recalibrated; None where nothing could be fitted."""

    parameters: dict[str, Any] | None
    after: Metrics | None
    before: Metrics


class CalibrationFile(About):
    """metrics/calibration.json."""

    method: str
    models: dict[str, ModelCalibration]


class SubgroupMetrics(Counted):
    """Every model on the cases that share a property."""

    column: str
    value: str
    n: int
    n_patients: int
    too_small: bool
    models: dict[str, Metrics]


class SubgroupsFile(About):
    """metrics/subgroups.json."""

    minimum_patients: int
    groups: tuple[SubgroupMetrics, ...]
