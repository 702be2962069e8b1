"""Recalibration: fitted on validation, evaluated on the reported split."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from sklearn.isotonic import IsotonicRegression

from heads.calibration import Calibration
from pipeline.artifacts.results import Metrics, ModelCalibration
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.metrics import calibration_metrics
from pipeline.evaluation.metrics.reliability import IF_CALIBRATED
from pipeline.evaluation.model_scores import ModelScores
from pipeline.evaluation.score import measure
from pipeline.evaluation.study import Study
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.calibration_error import error_if_calibrated
from pipeline.statistics.scored_cases import FloatArray, ScoredCases

Method = Literal["temperature", "platt", "isotonic"]


@dataclass(frozen=True)
class Recalibration:
    """A map from predicted probabilities to recalibrated ones, and what was fitted, for JSON."""

    apply: Callable[[FloatArray], FloatArray]
    parameters: dict[str, Any]


def recalibrate(cases: ScoredCases, method: Method, task: Task) -> Recalibration | None:
    """Fit a recalibration.

    Parameters
    ----------
    cases
        Of the validation split: neither learned from nor reported.
    method
        `temperature` divides the log probabilities by one number, `platt` shifts them too
        (:class:`heads.calibration.Calibration`); `isotonic` is the best rising step function.
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
        return Recalibration(_isotonic(cases, task), {})
    fitted = Calibration.fit(cases.probabilities, cases.labels, shift=method == "platt")
    _, *others = fitted.intercepts
    intercept = others[0] if task.binary else list(fitted.intercepts)
    return Recalibration(fitted.of_classes, {"slope": fitted.slope, "intercept": intercept})


def _isotonic(cases: ScoredCases, task: Task) -> Callable[[FloatArray], FloatArray]:
    """Fit isotonic regression of each reported class against the rest.

    Zadrozny and Elkan, KDD 2002: of several classes the results are divided by their sum.
    """
    fitted = [
        IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(
            each.probabilities, each.labels
        )
        for each in map(cases.one_vs_rest, task.reported)
    ]

    def apply(probabilities: FloatArray) -> FloatArray:
        columns = probabilities[:, task.reported].T
        steps = np.column_stack(
            [each.predict(column) for each, column in zip(fitted, columns, strict=True)]
        )
        if task.binary:
            return np.column_stack([1 - steps, steps])
        total, even = steps.sum(axis=1, keepdims=True), np.full_like(steps, 1 / cases.n_classes)
        divided: FloatArray = np.divide(steps, total, out=even, where=total > 0)
        return divided

    return apply


def recalibrated(model: ModelScores, method: Method) -> ClassifiedCases | None:
    """Return the reported cases of a model with recalibrated probabilities.

    Parameters
    ----------
    model
        Its validation cases are fitted; predicted classes stay as they are.
    method
        Of the recalibration.

    Returns
    -------
    ClassifiedCases or None
        None where nothing could be fitted.
    """
    fitted = recalibrate(model.validation, method, model.reported.task)
    if fitted is None:
        return None
    cases = model.reported.cases
    return replace(
        model.reported, cases=replace(cases, probabilities=fitted.apply(cases.probabilities))
    )


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

    Returns
    -------
    dict
        By model; of a binary task with `ece_if_calibrated` beside `ece`.
    """

    def metrics(model: ModelScores, probabilities: FloatArray) -> Metrics:
        cases = replace(model.reported.cases, probabilities=probabilities)
        classified = replace(model.reported, cases=cases)
        found = measure([classified], calibration_metrics(study.task), intervals)
        estimates = dict(found.estimates)
        if study.task.binary:
            (positive,) = classified.one_vs_rest
            estimates[IF_CALIBRATED] = error_if_calibrated(
                positive, intervals["confidence"], intervals["seed"]
            )
        return Metrics.of(estimates)

    found = {}
    for name, model in study.models.items():
        probabilities = model.reported.cases.probabilities
        fitted = recalibrate(model.validation, method, study.task)
        found[name] = ModelCalibration(
            parameters=None if fitted is None else fitted.parameters,
            after=None if fitted is None else metrics(model, fitted.apply(probabilities)),
            before=metrics(model, probabilities),
        )
    return found
