"""Operating points: a threshold that reaches a rate on validation, and what it reaches elsewhere.

At the place of use nobody knows the labels, so a threshold is carried there from other cases. A
rate that is read off the reported cases at their own best threshold is a little too good.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from pipeline.artifacts.results import OperatingPoint
from pipeline.evaluation.metrics.decisions import sensitivity, specificity
from pipeline.evaluation.model_scores import ModelScores
from pipeline.evaluation.rule import DecisionRule
from pipeline.evaluation.score import measure
from pipeline.evaluation.thresholds import between
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.ranking import Ranking
from pipeline.statistics.scored_cases import BinaryCases

Held = Literal["sensitivity", "specificity"]
_ROUNDING = 1e-9


def carried_points(
    scores: ModelScores, rates: Sequence[float], intervals: Intervals
) -> tuple[OperatingPoint, ...]:
    """Return what thresholds of validation reach on the reported cases.

    Parameters
    ----------
    scores
        Of a model of two classes. Each of its trainings has a threshold of its own.
    rates
        That specificity, and then sensitivity, must reach on validation, from 0 to 1.
    intervals
        How intervals are made; they take the thresholds as given.

    Returns
    -------
    tuple of OperatingPoint
        Two a rate, both undefined where no threshold of a training reaches it on validation.
    """
    return tuple(
        _carried(scores, held, rate, intervals)
        for rate in rates
        for held in ("specificity", "sensitivity")
    )


def threshold_reaching(cases: BinaryCases, held: Held, rate: float) -> float | None:
    """Return the threshold with the best other rate where one rate is at least that high.

    Parameters
    ----------
    cases
        To choose it on.
    held
        The rate that is held; the other one is to be as high as possible.
    rate
        From 0 to 1.

    Returns
    -------
    float or None
        Midway between two scores that occur. None where a class is absent, or where only calling
        nobody positive would be specific enough.

    Examples
    --------
    >>> cases = BinaryCases.of([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9], [1, 2, 3, 4])
    >>> threshold_reaching(cases, "specificity", 1), threshold_reaching(cases, "sensitivity", 1)
    (0.75, 0.25)
    """
    if not cases.has_both_classes:
        return None
    ranking = Ranking.of(cases)
    true_positives, false_positives = (each[0] for each in ranking.counts(np.ones((1, cases.n))))
    if held == "specificity":
        allowed = np.flatnonzero(1 - false_positives / false_positives[-1] >= rate - _ROUNDING)
        above = int(allowed[-1])  # the most scores that may lie above the threshold
    else:
        allowed = np.flatnonzero(true_positives / true_positives[-1] >= rate - _ROUNDING)
        above = int(allowed[0])
    return between(ranking.scores, above) if above else None


def _carried(scores: ModelScores, held: Held, rate: float, intervals: Intervals) -> OperatingPoint:
    thresholds = [
        threshold_reaching(each.one_vs_rest(1), held, rate) for each in scores.validations
    ]
    if any(each is None for each in thresholds):
        return OperatingPoint(held=held, rate=rate, threshold=None)
    trainings = [
        replace(each, predicted=DecisionRule(threshold)(each.cases.probabilities))
        for each, threshold in zip(scores.trainings, thresholds, strict=True)
    ]
    # Wilson's intervals need no draws; the part of the seeds does
    draws = intervals if len(trainings) > 1 else Intervals(**{**intervals, "n_bootstrap": 1})
    found = measure(trainings, [sensitivity, specificity], draws).estimates
    return OperatingPoint(held=held, rate=rate, threshold=thresholds[0], **found)
