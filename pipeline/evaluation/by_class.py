"""What is done of two classes and of more, each in its own way, behind one call."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.evaluation.bootstrap import Intervals
from pipeline.evaluation.multiclass.cases import ClassCases
from pipeline.evaluation.multiclass.metrics import ClassMetrics
from pipeline.evaluation.multiclass.score import score_classes
from pipeline.evaluation.score import score
from pipeline.evaluation.thresholds import youden_threshold


def threshold_for(labels: ArrayLike, probabilities: NDArray[np.float64]) -> float | None:
    """Return the probability from which a case is called positive.

    Parameters
    ----------
    labels
        Array of shape (n_cases,), of validation.
    probabilities
        ndarray of shape (n_cases, n_classes).

    Returns
    -------
    float or None
        Youden's of two classes; None of more, where the highest probability decides.
    """
    if probabilities.shape[1] > 2:
        return None
    return youden_threshold(labels, probabilities[:, 1])


def score_by_class(
    labels: ArrayLike,
    probabilities: NDArray[np.float64],
    groups: ArrayLike,
    *,
    classes: Sequence[str],
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
        ndarray of shape (n_cases, n_classes).
    groups
        Array of shape (n_cases,): the patient of each case.
    classes
        Names by label.
    threshold
        As :func:`threshold_for` returns it for other cases.
    n_bootstrap, confidence, seed
        Of the intervals.

    Returns
    -------
    dict
        Of two classes what :func:`pipeline.evaluation.score.score` returns. Of more `n`,
        `n_patients`, `n_by_class` and what
        :func:`pipeline.evaluation.multiclass.score.score_classes` returns.
    """
    intervals = Intervals(n_bootstrap=n_bootstrap, confidence=confidence, seed=seed)
    if threshold is not None:
        return score(labels, probabilities[:, 1], groups, threshold=threshold, **intervals)
    cases = ClassCases.of(labels, probabilities, groups)
    return {
        "n": cases.n,
        "n_patients": cases.n_patients,
        "n_by_class": dict(zip(classes, cases.counts, strict=True)),
        **score_classes(ClassMetrics.of(cases), **intervals),
    }


def auc_name(classes: Sequence[str]) -> str:
    """Return what the AUC is called: of more than two classes it is the mean of each one's."""
    return "AUC" if len(classes) == 2 else "macro AUC"


def auc_in_words(classes: Sequence[str], figure: Mapping[str, float | None]) -> str:
    """Write an AUC of `value`, `low` and `high` with its name."""
    name = auc_name(classes)
    value, low, high = (figure[key] for key in ("value", "low", "high"))
    if value is None:
        return f"{name} not defined"
    ends = "no interval: too few patients" if None in (low, high) else f"{low:.3f} to {high:.3f}"
    return f"{name} {value:.3f} ({ends})"


def decision_in_words(threshold: float | None) -> str:
    """Say how an image is called."""
    return "the highest probability decides" if threshold is None else f"threshold {threshold:.3f}"
