"""Which of two models is better on the same cases of several classes, for every pair."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from pipeline.evaluation.bootstrap import Estimate, percentile_interval, redraw
from pipeline.evaluation.comparison import Comparison, with_holm
from pipeline.evaluation.difference import Difference
from pipeline.evaluation.multiclass.metrics import ClassMetrics
from pipeline.evaluation.proportion import share_difference
from pipeline.evaluation.scored_cases import FloatArray

CLASS_TESTS = (
    "paired bootstrap over patients (macro AUC), clustered McNemar (accuracy), Holm over all pairs"
)
_BOOTSTRAPPED = ("auc", "brier")


def compare_classes(
    models: Mapping[str, ClassMetrics], *, n_bootstrap: int, confidence: float, seed: int
) -> list[Comparison]:
    """Compare every pair of models.

    Parameters
    ----------
    models
        Metrics by name, of the same cases in the same order. Of two models the one named earlier
        is the first, from which the other is taken.
    n_bootstrap
        How many times the patients are drawn.
    confidence
        Of the intervals, as 0.95.
    seed
        Of the draws.

    Notes
    -----
    All models are scored on the same draws of patients, as in
    :func:`pipeline.evaluation.comparison.compare`.
    """
    pairs = list(combinations(models, 2))
    cases = next(iter(models.values())).cases

    def differences(weights: FloatArray) -> dict[str, FloatArray]:
        figures = {name: metrics(weights) for name, metrics in models.items()}
        return {
            f"{first} {second} {metric}": figures[first][metric] - figures[second][metric]
            for first, second in pairs
            for metric in _BOOTSTRAPPED
        }

    values = differences(np.ones((1, cases.n)))
    drawn = redraw(
        differences, cases.patients, cases.n_patients, n_bootstrap=n_bootstrap, seed=seed
    )
    found = {
        name: bootstrap_difference(float(value[0]), drawn[name], confidence)
        for name, value in values.items()
    }
    made = []
    for first, second in pairs:
        auc, brier = (found[f"{first} {second} {metric}"] for metric in _BOOTSTRAPPED)
        right, other = (models[name].cases.right for name in (first, second))
        made.append(
            Comparison(
                first=first,
                second=second,
                auc=auc,
                accuracy=share_difference(right, other, cases, confidence),
                brier=_estimate(brier),
                auc_bootstrap=_estimate(auc),
                auc_p_holm=None,
                accuracy_p_holm=None,
            )
        )
    return with_holm(made)


def bootstrap_difference(value: float, draws: FloatArray, confidence: float) -> Difference:
    """Return a difference with its percentile interval and the p-value that belongs to it.

    Parameters
    ----------
    value
        On the cases as they are; NaN where it is not defined.
    draws
        ndarray of shape (n_bootstrap,): on each draw of patients.
    confidence
        As 0.95.

    Notes
    -----
    The p-value is twice the smaller share of draws on one side of zero, one draw being added to
    each side: the confidence at which the percentile interval would just reach zero, taken from 1
    (Davison and Hinkley, Bootstrap Methods and their Application, 1997, chapter 4).
    """
    low, high = percentile_interval(draws, confidence)
    if np.isnan(value):
        return Difference(None, None, None, None)
    if low is None:
        return Difference(value, None, None, None)
    defined = draws[~np.isnan(draws)]
    fewest = min(np.count_nonzero(defined <= 0), np.count_nonzero(defined >= 0))
    return Difference(value, low, high, min(1.0, 2 * (1 + int(fewest)) / (1 + defined.size)))


def _estimate(difference: Difference) -> Estimate:
    return Estimate(difference.value, difference.low, difference.high, 0)
