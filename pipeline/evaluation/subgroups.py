"""How well a model does on parts of the cases, and how far that is from how it does on all."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.evaluation.delong import auc_interval, influences, quantile, spread
from pipeline.evaluation.grouping import Subgroup
from pipeline.evaluation.metrics import AllMetrics
from pipeline.evaluation.proportion import BoolArray, share_interval
from pipeline.evaluation.scored_cases import FloatArray, ScoredCases

_NOTHING: dict[str, float | None] = {"value": None, "low": None, "high": None}


def score_subgroups(
    models: Mapping[str, AllMetrics],
    subgroups: list[Subgroup],
    *,
    confidence: float,
    minimum: int,
) -> list[dict[str, Any]]:
    """Score every model on every subgroup.

    Parameters
    ----------
    models
        Metrics by name, of all reported cases, each at its model's own threshold.
    subgroups
        Of the same cases in the same order.
    confidence
        Of the intervals, as 0.95.
    minimum
        Patients below which a subgroup is marked as too small.

    Returns
    -------
    list of dict
        One a subgroup: `column`, `value`, `n`, `n_patients`, `n_positive`, `too_small`, and
        `models`: by name `auc`, `sensitivity` and `specificity` as value, low and high, and
        `auc_gap`, the subgroup's AUC minus that of all cases, likewise.
    """
    rows = []
    for subgroup in subgroups:
        inside = subgroup.members
        cases = _restrict(next(iter(models.values())).cases, inside)
        rows.append(
            {
                "column": subgroup.column,
                "value": subgroup.value,
                "n": cases.n,
                "n_patients": cases.n_patients,
                "n_positive": cases.n_positive,
                "too_small": cases.n_patients < minimum,
                "models": {
                    name: _score(metrics, inside, confidence) for name, metrics in models.items()
                },
            }
        )
    return rows


def _score(metrics: AllMetrics, inside: BoolArray, confidence: float) -> dict[str, Any]:
    part = _restrict(metrics.cases, inside)
    right = (part.probabilities >= metrics.threshold) == (part.labels == 1)
    shares = {
        name: _share(right, part.labels == label, part, confidence)
        for name, label in (("sensitivity", 1), ("specificity", 0))
    }
    if not part.has_both_classes:
        return {"auc": _NOTHING, "auc_gap": _NOTHING, **shares}
    auc, _ = influences(part)
    low, high = auc_interval(part, confidence)
    return {
        "auc": {"value": auc, "low": low, "high": high},
        "auc_gap": gap_to_whole(metrics.cases, inside, confidence),
        **shares,
    }


def _share(
    right: BoolArray, counted: BoolArray, cases: ScoredCases, confidence: float
) -> dict[str, float | None]:
    if not counted.any():
        return _NOTHING
    low, high = share_interval(right, counted, cases, confidence)
    return {"value": float(right[counted].mean()), "low": low, "high": high}


def gap_to_whole(
    whole: ScoredCases, inside: BoolArray, confidence: float
) -> dict[str, float | None]:
    """Return the AUC of a part of the cases minus that of all, with its interval.

    The part belongs to the whole, so the two areas are not independent: each case's influences on
    both are subtracted before they are summed by patient, as when two models are compared.

    A part with an AUC of 1, or with fewer than two patients of a class, has no interval.

    Parameters
    ----------
    whole
        All cases.
    inside
        ndarray of shape (n_cases,): which of them are the part; both classes are in it.
    confidence
        Of the interval, as 0.95.
    """
    auc, influence = influences(whole)
    part_auc, part_influence = influences(_restrict(whole, inside))
    on_part: FloatArray = np.zeros(whole.n)
    on_part[inside] = part_influence
    gap = part_auc - auc
    scatter = spread(on_part - influence, whole)
    if scatter is None or not 0 < part_auc < 1 or not _has_spread(part_influence, whole, inside):
        return {"value": gap, "low": None, "high": None}
    half = quantile(confidence, 2 * scatter.satterthwaite) * float(np.sqrt(scatter.variance))
    return {"value": gap, "low": gap - half, "high": gap + half}


def _has_spread(influence: FloatArray, whole: ScoredCases, inside: BoolArray) -> bool:
    return spread(influence, _restrict(whole, inside)) is not None


def _restrict(cases: ScoredCases, inside: BoolArray) -> ScoredCases:
    """Return the cases inside, their patients numbered anew."""
    return ScoredCases.of(cases.labels[inside], cases.probabilities[inside], cases.patients[inside])
