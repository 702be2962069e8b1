"""Which of two models is better on the same cases, for every pair of several models."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from pipeline.artifacts.results import Difference, Estimate, Pair
from pipeline.evaluation.auc import auc_difference
from pipeline.evaluation.bootstrap import Intervals
from pipeline.evaluation.crossed import Part
from pipeline.evaluation.holm import holm
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.metrics.decisions import share_correct
from pipeline.evaluation.proportion import share_difference
from pipeline.evaluation.trainings import OverTrainings, Trainings, difference, seeds_of

HOW_TESTED = "clustered DeLong (auc), clustered McNemar (accuracy), Holm over all pairs"


def compare(models: Mapping[str, Trainings], intervals: Intervals, *, margin: float) -> list[Pair]:
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
        Difference of AUCs that would not matter.

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
        auc_difference(scores[first], scores[second], confidence, seeds((first, second), "auc"))
        for first, second in pairs
    ]
    accuracies = [
        share_difference(
            right[first], right[second], cases, confidence, seeds((first, second), "accuracy")
        )
        for first, second in pairs
    ]
    return [
        _pair(
            names,
            auc,
            accuracy,
            auc_bootstrap=difference(drawn[names[0]], drawn[names[1]], "auc", confidence),
            brier=difference(drawn[names[0]], drawn[names[1]], "brier", confidence),
            confidence=confidence,
            margin=margin,
        )
        for names, auc, accuracy in zip(
            pairs, _with_holm(aucs), _with_holm(accuracies), strict=True
        )
    ]


def _with_holm(tested: list[Difference]) -> list[Difference]:
    """Adjust p-values for all pairs."""
    adjusted = holm([each.p for each in tested])
    return [each.model_copy(update={"p_holm": p}) for each, p in zip(tested, adjusted, strict=True)]


def _pair(
    names: tuple[str, str],
    auc: Difference,
    accuracy: Difference,
    *,
    auc_bootstrap: Estimate,
    brier: Estimate,
    confidence: float,
    margin: float,
) -> Pair:
    """Say what the difference of the AUC shows about a pair."""
    shown = auc.value is not None and auc.p_holm is not None and auc.p_holm < 1 - confidence
    return Pair(
        first=names[0],
        second=names[1],
        auc=auc,
        auc_bootstrap=auc_bootstrap,
        accuracy=accuracy,
        brier=brier,
        better=names[0 if auc.value > 0 else 1] if shown and auc.value is not None else None,
        first_not_worse=auc.low is not None and auc.low > -margin,
        second_not_worse=auc.high is not None and auc.high < margin,
    )


def _check_same(models: Mapping[str, Trainings]) -> None:
    first, *others = (each.cases for trainings in models.values() for each in trainings)
    for other in others:
        same_labels = np.array_equal(first.labels, other.labels)
        same_patients = np.array_equal(first.patients, other.patients)
        if not same_labels or not same_patients:
            raise ValueError("the models were not scored on the same cases")
