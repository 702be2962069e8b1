"""All metrics of one model on one set of cases of several classes, ready for JSON."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.evaluation.bootstrap import estimate
from pipeline.evaluation.delong import auc_interval, influences
from pipeline.evaluation.multiclass.cases import ClassCases
from pipeline.evaluation.multiclass.metrics import ClassMetrics
from pipeline.evaluation.proportion import BoolArray, share_interval

CLASS_INTERVAL = (
    "by patient: DeLong score (AUC of a class against the rest), Wilson with design effect "
    "(accuracy, and sensitivity and precision of a class), percentile bootstrap (all others)"
)
_NOTHING: dict[str, float | None] = {"value": None, "low": None, "high": None}


def score_classes(
    metrics: ClassMetrics, *, n_bootstrap: int, confidence: float, seed: int
) -> dict[str, Any]:
    """Score cases of several classes, with intervals over patients.

    Parameters
    ----------
    metrics
        Of the cases.
    n_bootstrap
        How many times the patients are drawn.
    confidence
        Of the intervals, as 0.95.
    seed
        Of the draws.

    Returns
    -------
    dict
        `degenerate_resamples`, the draws that lacked a class; and for each of CLASS_METRICS a dict
        of `value`, `low` and `high`, which are None where they are not defined.
    """
    cases = metrics.cases
    estimates = estimate(
        metrics,
        cases.patients,
        cases.n_patients,
        n_bootstrap=n_bootstrap,
        confidence=confidence,
        seed=seed,
    )
    figures = {name: figure.to_dict() for name, figure in estimates.items()}
    every = np.ones(cases.n, dtype=bool)
    figures["accuracy"] = _share(cases, cases.right, every, confidence)
    return {"degenerate_resamples": estimates["auc"].n_undefined, **figures}


def score_each_class(
    cases: ClassCases, classes: Sequence[str], confidence: float
) -> dict[str, dict[str, Any]]:
    """Score each class against the rest.

    Parameters
    ----------
    cases
        What was predicted, and what is true.
    classes
        Names by label.
    confidence
        Of the intervals, as 0.95.

    Returns
    -------
    dict
        By class: `n` and `n_patients` of the class; `auc` against the rest; `sensitivity`, the
        share of its cases called so; `precision`, the share of the calls of it that are right,
        which holds for the mix of classes in these cases.
    """
    found = {}
    for label, name in enumerate(classes):
        own, called = cases.labels == label, cases.calls == label
        found[name] = {
            "n": int(own.sum()),
            "n_patients": int(np.unique(cases.patients[own]).size),
            "auc": auc_against_rest(cases, label, confidence),
            "sensitivity": _share(cases, cases.right, own, confidence),
            "precision": _share(cases, cases.right, called, confidence),
        }
    return found


def auc_against_rest(cases: ClassCases, label: int, confidence: float) -> dict[str, float | None]:
    """Return the AUC of one class against the rest with its DeLong interval."""
    binary = cases.against_rest(label)
    if not binary.has_both_classes:
        return _NOTHING
    low, high = auc_interval(binary, confidence)
    return {"value": influences(binary)[0], "low": low, "high": high}


def _share(
    cases: ClassCases, right: BoolArray, counted: BoolArray, confidence: float
) -> dict[str, float | None]:
    """Return the share of `counted` cases that are `right` with its Wilson interval."""
    if not counted.any():
        return _NOTHING
    low, high = share_interval(right, counted, cases, confidence)
    return {"value": float(right[counted].mean()), "low": low, "high": high}
