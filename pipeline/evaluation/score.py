"""The metrics of one model on one set of cases, with intervals over patients and seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pipeline.artifacts.provenance import counted
from pipeline.artifacts.results import ClassMetrics, Estimate, ModelMetrics
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.metric import Metric
from pipeline.evaluation.metrics import main_metrics
from pipeline.evaluation.rule import DecisionRule
from pipeline.evaluation.trainings import OverTrainings, Trainings
from pipeline.statistics.auc import auc_interval
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.crossed import with_interval
from pipeline.statistics.delong import influences
from pipeline.statistics.proportion import share_interval
from pipeline.statistics.scored_cases import BinaryCases, BoolArray, ScoredCases

_AUC = "auc"


@dataclass(frozen=True)
class Measured:
    """Estimates of metrics by name, and the bootstrap draws in which the AUC was not defined."""

    estimates: dict[str, Estimate]
    degenerate_resamples: int


def measure(trainings: Trainings, metrics: Sequence[Metric], intervals: Intervals) -> Measured:
    """Compute metrics of a model with their intervals over patients and seeds.

    Parameters
    ----------
    trainings
        The cases as each training of the model classifies them.
    metrics
        Those that the task has.
    intervals
        Draws, confidence and seed of the bootstrap. A metric that declares an interval of its own
        has that one instead.
    """
    found, confidence = OverTrainings.of(trainings, metrics, intervals), intervals["confidence"]
    estimates = {}
    for metric in metrics:
        ends = None if metric.interval is None else metric.interval.ends(trainings, confidence)
        estimates[metric.name] = found.estimate(metric.name, confidence, ends)
    return Measured(estimates, found.undefined(_AUC) if _AUC in estimates else 0)


def score(
    labels: ArrayLike,
    probabilities: ArrayLike,
    groups: ArrayLike,
    *,
    task: Task,
    threshold: float | None,
    n_bootstrap: int,
    confidence: float,
    seed: int,
) -> dict[str, Any]:
    """Score probabilities against labels, with intervals over patients.

    Parameters
    ----------
    labels
        Array of shape (n_cases,).
    probabilities
        Array of shape (n_cases, n_classes) of numbers from 0 to 1.
    groups
        Array of shape (n_cases,): the patient of each case.
    task
        Whose classes they are.
    threshold
        Of the decision rule (:class:`DecisionRule`). Choose it on other cases.
    n_bootstrap
        How many times the patients are drawn.
    confidence
        Of the intervals, as 0.95.
    seed
        Of the draws.

    Returns
    -------
    dict
        For JSON: `n`, `n_patients`, `n_positive` or `n_by_class`, `threshold`;
        `degenerate_resamples`, the draws that lacked a class; and for each main metric a dict of
        `value`, `low` and `high`, which are None where they are not defined, and where there is
        no interval `because`.

    Raises
    ------
    RadbankError
        If a probability is not a number from 0 to 1.
    """
    cases = ScoredCases.of(labels, probabilities, groups)
    classified = ClassifiedCases.of(task, cases, DecisionRule(threshold))
    intervals = Intervals(n_bootstrap=n_bootstrap, confidence=confidence, seed=seed)
    return {
        "n": cases.n,
        "n_patients": cases.n_patients,
        **counted(task.classes, cases.labels),
        **model_metrics([classified], threshold, intervals).model_dump(exclude_unset=True),
    }


def model_metrics(
    trainings: Trainings, threshold: float | None, intervals: Intervals
) -> ModelMetrics:
    """Return the main metrics of a model; `threshold` is that of the first training."""
    found = measure(trainings, main_metrics(trainings[0].task), intervals)
    return ModelMetrics.of(
        found.estimates,
        threshold=threshold,
        degenerate_resamples=found.degenerate_resamples,
        **several(trainings),
    )


def several(trainings: Trainings) -> dict[str, int]:
    """Return the number of trainings as a field of ModelMetrics; nothing of a single one."""
    return {"trainings": len(trainings)} if len(trainings) > 1 else {}


def score_each_class(classified: ClassifiedCases, confidence: float) -> dict[str, ClassMetrics]:
    """Score each reported class against the rest.

    Parameters
    ----------
    classified
        The cases.
    confidence
        Of the intervals, as 0.95.

    Returns
    -------
    dict
        By class: cases and patients of the class; `auc` against the rest; `sensitivity`, the share
        of its cases predicted to be of it; `precision`, the share of the predictions of it that
        are right, which holds for the mix of classes in these cases.
    """
    found = {}
    for label, cases in zip(classified.task.reported, classified.one_vs_rest, strict=True):
        own, called = cases.labels == 1, classified.predicted == label
        estimates = {
            "auc": _auc(cases, confidence),
            "sensitivity": _share(classified, own, confidence),
            "precision": _share(classified, called, confidence),
        }
        n_patients = int(np.unique(cases.patients[own]).size)
        name = classified.task.classes[label]
        found[name] = ClassMetrics.of(estimates, n=int(own.sum()), n_patients=n_patients)
    return found


def _auc(cases: BinaryCases, confidence: float) -> Estimate:
    if not cases.has_both_classes:
        return Estimate(value=None, low=None, high=None)
    ends = auc_interval([cases], confidence)
    return with_interval(influences(cases)[0], ends, confidence=confidence)


def _share(classified: ClassifiedCases, which: BoolArray, confidence: float) -> Estimate:
    """Return the share of some cases that are predicted correctly, with its Wilson interval."""
    if not which.any():
        return Estimate(value=None, low=None, high=None)
    right = classified.correct
    ends = share_interval(right, which, classified.cases, confidence)
    return with_interval(float(right[which].mean()), ends, confidence=confidence)
