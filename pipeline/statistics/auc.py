"""The interval of an AUC, and the test of a difference of two, with images in patients.

Of several classes the AUC is the macro AUC: the mean of the AUCs of the reported classes, each
against the rest. A case is positive for its own class and negative for every other, and so pulls
at the AUC of each. Its influence on the mean is the mean of its influences [1]_. These are summed
by patient, and their scatter between patients gives the variance [2]_
(:mod:`pipeline.statistics.clustered_variance`): the classes are its strata, and the cases of none
of them one more. The correlation of the classes' AUCs is thereby counted.

References
----------
.. [1] DeLong, DeLong and Clarke-Pearson, Biometrics 44:837-845, 1988.
.. [2] Obuchowski, Nonparametric analysis of clustered ROC curve data, Biometrics 53:567-578, 1997.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq

from pipeline.artifacts.results import Difference
from pipeline.statistics.clustered_variance import Spread, spread_over
from pipeline.statistics.crossed import NOTHING, Part
from pipeline.statistics.delong import influences, model_variance, quantile, spread
from pipeline.statistics.paired_test import paired_test
from pipeline.statistics.power import with_power
from pipeline.statistics.scored_cases import BinaryCases, FloatArray

AN_AUC_AT_BOUND = "an AUC at its bound on these cases"
_NEAR = 1e-9


def auc_influences(classes: Sequence[BinaryCases]) -> tuple[float, FloatArray]:
    """Return the AUC and the influence of each case on it.

    Parameters
    ----------
    classes
        The same cases once for each reported class, which is positive there; of a model that was
        trained several times, once for each class and training.

    Returns
    -------
    auc : float
        The mean over classes (and trainings), every one counting the same.
    influence : ndarray of shape (n_cases,)
        They sum to zero.

    Raises
    ------
    ValueError
        If a class is absent, or has all cases.
    """
    areas, pulls = zip(*map(influences, classes), strict=True)
    influence: FloatArray = np.mean(pulls, axis=0)
    return float(np.mean(areas)), influence


def auc_interval(
    classes: Sequence[BinaryCases], confidence: float
) -> tuple[float | None, float | None]:
    """Return the interval of an AUC: a score interval, widened by the design effect.

    It holds every area theta with

        (A - theta)^2 <= q^2 D V(theta)

    where sqrt(V) is the mean over classes of the standard error that ratings with exponential
    tails would give to theta ([1]_, method 5), D the clustered variance over V(A), and q a
    quantile of Student's t with twice Satterthwaite's degrees of freedom. It stays inside 0 to 1,
    and has a width at an AUC of 1: there D is the mean number of images that an image's patient
    has. D is at least 1 for each class: where a class's own variance is below the model's, the
    influences on its AUC are multiplied by what makes them equal.

    Parameters
    ----------
    classes
        As in :func:`auc_influences`.
    confidence
        As 0.95.

    Returns
    -------
    tuple
        Low and high end, or None twice where a class has fewer than two patients.

    Notes
    -----
    Chosen by simulation (docs/reference/statistics.md): DeLong's interval on the logit scale
    covers too seldom with fewer than some ten patients of a class.

    References
    ----------
    .. [1] Newcombe, Confidence intervals for an effect size measure based on the Mann-Whitney
       statistic, part 2, Statistics in Medicine 25:559-573, 2006.
    """
    if not all(cases.has_both_classes for cases in classes):
        return None, None
    auc, _ = auc_influences(classes)
    scatter = _spread(np.mean([_at_least_independent(cases) for cases in classes], axis=0), classes)
    if scatter is None:
        return None, None

    def variance(area: float) -> float:
        return float(np.mean([math.sqrt(_independent(area, cases)) for cases in classes])) ** 2

    if 0 < auc < 1:
        design_effect = scatter.variance / variance(auc) or 1.0  # where all cases tie there is none
    else:
        sizes = np.bincount(classes[0].patients)
        design_effect = float(sizes @ sizes) / classes[0].n
    width = quantile(confidence, 2 * scatter.satterthwaite) ** 2 * design_effect

    def excess(theta: float) -> float:
        return (auc - theta) ** 2 - width * variance(theta)

    inside = min(max(auc, _NEAR), 1 - _NEAR)
    low = brentq(excess, 0.0, inside) if auc > 0 else 0.0
    high = brentq(excess, inside, 1.0) if auc < 1 else 1.0
    return float(low), float(high)


def auc_difference(
    first: Sequence[BinaryCases],
    second: Sequence[BinaryCases],
    confidence: float,
    seeds: Part = NOTHING,
    margin: float | None = None,
) -> Difference:
    """Return the AUC of `first` minus that of `second`, with its interval, p-value and power.

    The influences of a case on both AUCs are subtracted before they are summed by patient, so that
    what both models find hard cancels out (:mod:`pipeline.statistics.paired_test`).

    Parameters
    ----------
    first, second
        Two models' scores of the same cases in the same order, as in :func:`auc_influences`.
    confidence
        Of the interval, as 0.95.
    seeds
        What other trainings, from other seeds, add to the variance of the difference.
    margin
        Difference that would not matter; None: non-inferiority is not tested.

    Notes
    -----
    An AUC of 0 or 1 does not vary between these patients, which says nothing about others: there
    is no interval and no test then.
    """
    if not all(cases.has_both_classes for cases in first):
        return Difference(value=None, low=None, high=None, p=None)
    (auc, influence), (other, on_other) = auc_influences(first), auc_influences(second)
    if not {auc, other}.isdisjoint((0.0, 1.0)):
        return Difference(value=auc - other, low=None, high=None, because=AN_AUC_AT_BOUND, p=None)
    scatter = _spread(influence - on_other, first)
    tested = paired_test(auc - other, scatter, confidence, seeds, margin)
    return with_power(tested, scatter, first[0].n_patients, confidence, seeds)


def _spread(influence: FloatArray, classes: Sequence[BinaryCases]) -> Spread | None:
    """Return the variance over the strata: the classes, and the cases of none of them if any."""
    by_labels = {cases.labels.tobytes(): cases.labels == 1 for cases in classes}
    strata = list(by_labels.values())
    others = ~np.any(strata, axis=0)
    if others.any():
        strata.append(others)
    return spread_over(influence, strata, classes[0].patients, classes[0].n_patients)


def _at_least_independent(cases: BinaryCases) -> FloatArray:
    """Return the influences on a class's AUC, enlarged where they vary less than the model says."""
    auc, influence = influences(cases)
    found = spread(influence, cases)
    if found is None or found.variance == 0:
        return influence
    return influence * math.sqrt(max(_independent(auc, cases) / found.variance, 1.0))


def _independent(auc: float, cases: BinaryCases) -> float:
    """Return the model's variance of an AUC, of independent cases in the numbers of `cases`."""
    return model_variance(auc, cases.n_positive, cases.n - cases.n_positive)
