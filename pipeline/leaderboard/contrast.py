"""Differences of two models on the same cases, of one backbone or as the mean over several.

Every training of a model and every backbone has a figure of its own; the mean over all of them is
compared. A case pulls at each of these figures, and its pulls are averaged before they are summed
by patient, so that what all backbones find hard is counted once (:mod:`pipeline.statistics.auc`).
Seeds of one backbone have nothing to do with those of another, so their parts are added. The
interval is of other patients and seeds, not of other backbones.
"""

import math
from collections.abc import Sequence

import numpy as np

from pipeline.artifacts.results import Difference
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.metrics.decisions import share_correct
from pipeline.evaluation.trainings import (
    OverTrainings,
    Trainings,
    difference,
    seeds_of,
    variance,
)
from pipeline.statistics.auc import auc_difference
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.crossed import NOTHING, Part, joined, p_value
from pipeline.statistics.proportion import share_difference
from pipeline.statistics.scored_cases import BinaryCases

Pairs = Sequence[tuple[Trainings, Trainings]]
"""Two models of each backbone, all with as many trainings, on the same cases in one order."""


def auc_contrast(pairs: Pairs, intervals: Intervals) -> Difference:
    """Return the mean over backbones of the first model's AUC less the second's.

    Parameters
    ----------
    pairs
        At least one.
    intervals
        How intervals are made.
    """
    first, second = (_one_vs_rest([pair[place] for pair in pairs]) for place in (0, 1))
    return auc_difference(first, second, intervals["confidence"], _seeds(pairs, "auc", intervals))


def accuracy_contrast(pairs: Pairs, intervals: Intervals) -> Difference:
    """Return the mean over backbones of the first model's accuracy less the second's.

    Parameters as in :func:`auc_contrast`.
    """
    first, second = (
        np.mean([share_correct(pair[place]) for pair in pairs], axis=0) for place in (0, 1)
    )
    seeds = _seeds(pairs, "accuracy", intervals)
    cases = pairs[0][0][0].cases
    return share_difference(first, second, cases, intervals["confidence"], seeds)


def f1_contrast(first: Trainings, second: Trainings, intervals: Intervals) -> Difference:
    """Return the difference of two models' F1, with its bootstrap interval.

    The p-value holds the difference against a normal distribution with the variance of the draws.
    """
    one, other = (OverTrainings.of(each, [METRICS["f1"]], intervals) for each in (first, second))
    found = difference(one, other, "f1", intervals["confidence"])
    if found.low is None or found.value is None:
        return Difference(**found.model_dump(), p=None)
    patients = Part(variance(one.draws("f1") - other.draws("f1")), math.inf)
    p = p_value(found.value, [patients, seeds_of(one, other, "f1")])
    return Difference(**found.model_dump(), p=p)


def _one_vs_rest(models: Sequence[Trainings]) -> list[BinaryCases]:
    """Return each reported class against the rest, of every training of every model."""
    return [one for trainings in models for each in trainings for one in each.one_vs_rest]


def _seeds(pairs: Pairs, metric: str, intervals: Intervals) -> Part:
    """Return what other seeds add to the mean difference."""
    if all(len(trainings) == 1 for pair in pairs for trainings in pair):
        return NOTHING
    parts = []
    for pair in pairs:
        one, other = (OverTrainings.of(each, [METRICS[metric]], intervals) for each in pair)
        parts.append(seeds_of(one, other, metric))
    return joined([Part(part.variance / len(pairs) ** 2, part.freedom) for part in parts])
