"""Recalibration: fitted on validation, evaluated on the reported split."""

from dataclasses import replace
from typing import Any, Literal, Protocol

import numpy as np
from sklearn.isotonic import IsotonicRegression

from heads.calibration import Calibration
from pipeline.artifacts.results import Metrics, ModelCalibration
from pipeline.artifacts.task import Task
from pipeline.evaluation.bootstrap import Intervals
from pipeline.evaluation.metrics import calibration_metrics
from pipeline.evaluation.score import measure
from pipeline.evaluation.scored_cases import FloatArray, ScoredCases
from pipeline.evaluation.study import ModelScores, Study

Method = Literal["temperature", "platt", "isotonic"]


class Recalibration(Protocol):
    """A map from predicted probabilities to recalibrated ones."""

    @property
    def parameters(self) -> dict[str, Any]:
        """What was fitted, for JSON."""
        ...

    def __call__(self, probabilities: FloatArray) -> FloatArray:
        """Return recalibrated probabilities of the same shape (n_cases, n_classes)."""
        ...


class Scaling:
    """Temperature or Platt scaling (:class:`heads.calibration.Calibration`)."""

    def __init__(self, fitted: Calibration, task: Task) -> None:
        self.fitted = fitted
        self.task = task

    @property
    def parameters(self) -> dict[str, Any]:
        """Slope, and the intercept of the positive class or those of all."""
        _, *others = self.fitted.intercepts
        return {
            "slope": self.fitted.slope,
            "intercept": others[0] if self.task.binary else list(self.fitted.intercepts),
        }

    def __call__(self, probabilities: FloatArray) -> FloatArray:
        """Return recalibrated probabilities of the same shape."""
        return self.fitted.of_classes(probabilities)


class Isotonic:
    """The best rising step function of each reported class against the rest.

    Zadrozny and Elkan, KDD 2002: of more than two classes, each class is fitted against the rest
    and the results are divided by their sum.
    """

    def __init__(self, cases: ScoredCases, task: Task) -> None:
        self.parameters: dict[str, Any] = {}
        self.task = task
        self.fitted = [
            IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(
                each.probabilities, each.labels
            )
            for each in map(cases.one_vs_rest, task.reported)
        ]

    def __call__(self, probabilities: FloatArray) -> FloatArray:
        """Return recalibrated probabilities of the same shape."""
        corrected = np.column_stack(
            [
                each.predict(probabilities[:, label])
                for each, label in zip(self.fitted, self.task.reported, strict=True)
            ]
        )
        if self.task.binary:
            return np.column_stack([1 - corrected, corrected])
        total = corrected.sum(axis=1, keepdims=True)
        even = np.full_like(corrected, 1 / corrected.shape[1])
        divided: FloatArray = np.divide(corrected, total, out=even, where=total > 0)
        return divided


def recalibrate(cases: ScoredCases, method: Method, task: Task) -> Recalibration | None:
    """Fit a recalibration.

    Parameters
    ----------
    cases
        Of the validation split: neither learned from nor reported.
    method
        `temperature` divides the log probabilities by one number; `platt` shifts them too;
        `isotonic` is the best rising step function.
    task
        Whose classes they are.

    Returns
    -------
    Recalibration or None
        None where a class is absent.
    """
    if np.bincount(cases.labels, minlength=cases.n_classes).min() == 0:
        return None
    if method == "isotonic":
        return Isotonic(cases, task)
    fitted = Calibration.fit(cases.probabilities, cases.labels, shift=method == "platt")
    return Scaling(fitted, task)


def before_and_after(
    study: Study, method: Method, intervals: Intervals
) -> dict[str, ModelCalibration]:
    """Return each model's calibration on the reported cases, as it is and recalibrated.

    Parameters
    ----------
    study
        All models' predictions.
    method
        Of the recalibration, fitted on each model's validation cases.
    intervals
        How intervals are made; they take the recalibration as given.
    """

    def metrics(model: ModelScores, probabilities: FloatArray) -> Metrics:
        cases = replace(model.reported.cases, probabilities=probabilities)
        classified = replace(model.reported, cases=cases)
        found = measure(classified, calibration_metrics(study.task), intervals)
        return Metrics.of(found.estimates)

    found = {}
    for name, model in study.models.items():
        probabilities = model.reported.cases.probabilities
        fitted = recalibrate(model.validation, method, study.task)
        found[name] = ModelCalibration(
            parameters=None if fitted is None else fitted.parameters,
            after=None if fitted is None else metrics(model, fitted(probabilities)),
            before=metrics(model, probabilities),
        )
    return found
