"""Which of two models is better on the same cases, for every pair of several models."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from pipeline.artifacts.results import Pair
from pipeline.evaluation.claims import adjusted, better, not_worse
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.metrics.decisions import share_correct
from pipeline.evaluation.trainings import OverTrainings, Trainings, difference, seeds_of
from pipeline.statistics.auc import auc_difference
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.crossed import Part
from pipeline.statistics.proportion import share_difference

HOW_TESTED = (
    "clustered DeLong (auc), clustered McNemar (accuracy); the primary pair alone, Holm over all "
    "others, for differences and for non-inferiority"
)


def compare(
    models: Mapping[str, Trainings],
    intervals: Intervals,
    *,
    margin: float | None,
    primary: tuple[str, str | None] | None = None,
) -> list[Pair]:
    """Compare every pair of models.

    Parameters
    ----------
    models
        By name, the trainings of each, with the classes that their own decision rules predict, of
        the same cases in the same order. Of two models the one named earlier is the first, from
        which the other is subtracted.
    intervals
        How intervals are made.
    margin
        Difference of AUCs that would not matter; None: non-inferiority is not tested.
    primary
        The pair that was fixed beforehand (:mod:`pipeline.evaluation.claims`); None: all are one
        family.

    Raises
    ------
    ValueError
        If the models were not scored on the same cases.

    Notes
    -----
    All models are scored on the same draws of patients, so what is hard for all cancels out. Two
    intervals that overlap say less than the interval of their difference. The seeds of several
    trainings add to the uncertainty of both models (:mod:`pipeline.evaluation.trainings`).
    """
    _check_same(models)
    pairs = list(combinations(models, 2))
    if not pairs:
        return []
    cases, confidence = models[pairs[0][0]][0].cases, intervals["confidence"]
    metrics = [METRICS[name] for name in ("auc", "accuracy", "brier")]
    drawn = {name: OverTrainings.of(each, metrics, intervals) for name, each in models.items()}
    scores = {
        name: [one for each in found for one in each.one_vs_rest] for name, found in models.items()
    }
    right = {name: share_correct(found) for name, found in models.items()}

    def seeds(names: tuple[str, str], metric: str) -> Part:
        return seeds_of(drawn[names[0]], drawn[names[1]], metric)

    aucs = [
        auc_difference(
            scores[first], scores[second], confidence, seeds((first, second), "auc"), margin
        )
        for first, second in pairs
    ]
    accuracies = [
        share_difference(
            right[first], right[second], cases, confidence, seeds((first, second), "accuracy")
        )
        for first, second in pairs
    ]
    own = [names == primary for names in pairs]
    return [
        Pair(
            first=names[0],
            second=names[1],
            auc=auc,
            auc_bootstrap=difference(drawn[names[0]], drawn[names[1]], "auc", confidence),
            accuracy=accuracy,
            brier=difference(drawn[names[0]], drawn[names[1]], "brier", confidence),
            better=better(names, auc, confidence),
            first_not_worse=not_worse(auc.p_first_worse, confidence),
            second_not_worse=not_worse(auc.p_second_worse, confidence),
            primary=names == primary,
        )
        for names, auc, accuracy in zip(
            pairs, adjusted(aucs, own), adjusted(accuracies, own), strict=True
        )
    ]


def _check_same(models: Mapping[str, Trainings]) -> None:
    first, *others = (each.cases for trainings in models.values() for each in trainings)
    for other in others:
        same_labels = np.array_equal(first.labels, other.labels)
        same_patients = np.array_equal(first.patients, other.patients)
        if not same_labels or not same_patients:
            raise ValueError("the models were not scored on the same cases")
