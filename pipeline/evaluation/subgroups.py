"""Metrics by subgroup, and how far they are from the metrics on all cases."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.artifacts.provenance import counted
from pipeline.artifacts.results import Estimate, Metrics, SubgroupMetrics
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.metrics import subgroup_metrics
from pipeline.evaluation.score import measure
from pipeline.statistics.auc import AN_AUC_AT_BOUND
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.crossed import TOO_FEW, Part, half_width, with_interval
from pipeline.statistics.delong import influences, spread
from pipeline.statistics.grouping import Subgroup
from pipeline.statistics.scored_cases import BinaryCases, BoolArray, FloatArray

GAP = "auc_gap"
_UNDEFINED = Estimate(value=None, low=None, high=None)


def score_subgroups(
    models: Mapping[str, ClassifiedCases],
    subgroups: list[Subgroup],
    *,
    minimum: int,
    intervals: Intervals,
) -> list[SubgroupMetrics]:
    """Score every model on every subgroup.

    Parameters
    ----------
    models
        All reported cases by model.
    subgroups
        Of the same cases in the same order.
    minimum
        Patients below which a subgroup is marked as too small.
    intervals
        How intervals are made.

    Returns
    -------
    list of SubgroupMetrics
        By model, the metrics that declare it, and of a binary task `auc_gap`: the subgroup's AUC
        minus that of all cases.
    """
    whole = next(iter(models.values()))
    return [
        SubgroupMetrics(
            column=subgroup.column,
            value=subgroup.value,
            **_size(whole.inside(subgroup.members), minimum),
            models={
                name: _score(model, subgroup.members, intervals) for name, model in models.items()
            },
        )
        # a finding that is a class is scored as that class already
        for subgroup in subgroups
        if subgroup.column != "finding"
        or whole.task.binary
        or subgroup.value not in whole.task.classes
    ]


def _size(part: ClassifiedCases, minimum: int) -> dict[str, Any]:
    return {
        "n": part.cases.n,
        "n_patients": part.cases.n_patients,
        **counted(part.task.classes, part.cases.labels),
        "too_small": part.cases.n_patients < minimum,
    }


def _score(model: ClassifiedCases, inside: BoolArray, intervals: Intervals) -> Metrics:
    part, metrics = model.inside(inside), subgroup_metrics(model.task)
    closed = all(metric.interval is not None for metric in metrics)
    # nothing is drawn where every metric has an interval of its own
    draws = Intervals(**{**intervals, "n_bootstrap": 1}) if closed else intervals
    found = measure([part], metrics, draws).estimates
    if model.task.binary:
        auc, *others = found.items()
        (whole,) = model.one_vs_rest
        gap = gap_to_whole(whole, inside, intervals["confidence"])
        found = dict([auc, (GAP, gap), *others])
    return Metrics.of(found)


def gap_to_whole(whole: BinaryCases, inside: BoolArray, confidence: float) -> Estimate:
    """Return the AUC of a part of the cases minus that of all, with its interval.

    The part belongs to the whole, so the two areas are not independent: each case's influences on
    both are subtracted before they are summed by patient, as when two models are compared.

    A part that lacks a class has no gap; one with an AUC of 1, or with fewer than two patients of
    a class, has no interval.

    Parameters
    ----------
    whole
        All cases.
    inside
        ndarray of shape (n_cases,): which of them are the part.
    confidence
        Of the interval, as 0.95.
    """
    part = whole.inside(inside)
    if not part.has_both_classes:
        return _UNDEFINED
    auc, influence = influences(whole)
    part_auc, part_influence = influences(part)
    on_part: FloatArray = np.zeros(whole.n)
    on_part[inside] = part_influence
    gap = part_auc - auc
    scatter = spread(on_part - influence, whole)
    if not 0 < part_auc < 1:
        return Estimate(value=gap, low=None, high=None, because=AN_AUC_AT_BOUND)
    if scatter is None or spread(part_influence, part) is None:
        return Estimate(value=gap, low=None, high=None, because=TOO_FEW)
    half = half_width([Part(scatter.variance, 2 * scatter.satterthwaite)], confidence)
    return with_interval(gap, (gap - half, gap + half), confidence=confidence)
