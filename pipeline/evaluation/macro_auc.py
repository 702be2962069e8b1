"""The macro AUC, the mean of the AUCs of classes against the rest, with images in patients.

A case is positive for its own class and negative for every other, and so pulls at the AUC of each.
Its influence on the mean is the mean of its influences [1]_. These are summed by patient, and
their scatter between patients gives the variance [2]_
(:mod:`pipeline.evaluation.clustered_variance`): the classes are its strata, and the cases of none
of them one more. The correlation of the classes' AUCs is thereby counted. For a single class all
figures are those of its AUC.

References
----------
.. [1] DeLong, DeLong and Clarke-Pearson, Biometrics 44:837-845, 1988.
.. [2] Obuchowski, Nonparametric analysis of clustered ROC curve data, Biometrics 53:567-578, 1997.
"""

import math
from collections.abc import Sequence

import numpy as np

from pipeline.evaluation.clustered_variance import Spread, spread_over
from pipeline.evaluation.delong import (
    auc_interval,
    images_of_a_patient,
    influences,
    model_variance,
    quantile,
    score_interval,
    spread,
)
from pipeline.evaluation.difference import Difference
from pipeline.evaluation.paired_test import paired_test
from pipeline.evaluation.scored_cases import FloatArray, ScoredCases


def macro_influences(classes: Sequence[ScoredCases]) -> tuple[float, FloatArray]:
    """Return the macro AUC, and by how much each case pulls it up or down.

    Parameters
    ----------
    classes
        The same cases once for each class that counts, which is positive there.

    Returns
    -------
    auc : float
        The mean over classes, every class counting the same.
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


def macro_auc_interval(
    classes: Sequence[ScoredCases], confidence: float
) -> tuple[float | None, float | None]:
    """Return the interval of a macro AUC: as that of an AUC, a score interval.

    It holds every area theta with (A - theta)^2 <= q^2 D V(theta), as in
    :func:`pipeline.evaluation.delong.auc_interval`. sqrt(V) is the mean over classes of the
    standard error that the model of ratings with exponential tails gives to an area theta, D the
    clustered variance over V(A), and q Student's quantile with twice Satterthwaite's degrees of
    freedom. An AUC's design effect is at least 1: here the influences on a class's AUC are
    multiplied by what makes its own variance as large as the model's, where it is smaller, before
    the mean over classes is taken.

    Parameters
    ----------
    classes
        The same cases once for each class that counts, which is positive there.
    confidence
        As 0.95.

    Returns
    -------
    tuple
        Low and high end, or None twice where a class has fewer than two patients.

    Notes
    -----
    Checked by simulation (docs/reference/statistics.md).
    """
    if len(classes) == 1:
        return auc_interval(classes[0], confidence)  # the same, to the last digit
    if not all(cases.has_both_classes for cases in classes):
        return None, None
    auc, _ = macro_influences(classes)
    scatter = _spread(np.mean([_at_least_independent(cases) for cases in classes], axis=0), classes)
    if scatter is None:
        return None, None

    def variance(area: float) -> float:
        return float(np.mean([math.sqrt(_independent(area, cases)) for cases in classes])) ** 2

    if 0 < auc < 1:
        design_effect = scatter.variance / variance(auc) or 1.0  # where all cases tie there is none
    else:
        design_effect = images_of_a_patient(classes[0].patients)
    width = quantile(confidence, 2 * scatter.satterthwaite) ** 2 * design_effect
    return score_interval(auc, width, variance)


def macro_auc_difference(
    first: Sequence[ScoredCases], second: Sequence[ScoredCases], confidence: float
) -> Difference:
    """Return the macro AUC of `first` minus that of `second`, with its interval and p-value.

    The paired DeLong test by patient of :func:`pipeline.evaluation.auc_difference.auc_difference`,
    with a case's influence on the macro AUC in place of that on an AUC.

    Parameters
    ----------
    first, second
        Two models' scores of the same cases in the same order, once for each class that counts.
    confidence
        Of the interval, as 0.95.
    """
    if not all(cases.has_both_classes for cases in first):
        return Difference(None, None, None, None)
    (auc, influence), (other, on_other) = macro_influences(first), macro_influences(second)
    return paired_test(auc - other, _spread(influence - on_other, first), confidence)


def _spread(influence: FloatArray, classes: Sequence[ScoredCases]) -> Spread | None:
    """Return the variance over the strata: the classes, and the cases of none of them if any."""
    strata = [cases.labels == 1 for cases in classes]
    others = ~np.any(strata, axis=0)
    if others.any():
        strata.append(others)
    return spread_over(influence, strata, classes[0].patients, classes[0].n_patients)


def _at_least_independent(cases: ScoredCases) -> FloatArray:
    """Return the influences on a class's AUC, enlarged where they vary less than the model says."""
    auc, influence = influences(cases)
    found = spread(influence, cases)
    if found is None or found.variance == 0:
        return influence
    return influence * math.sqrt(max(_independent(auc, cases) / found.variance, 1.0))


def _independent(auc: float, cases: ScoredCases) -> float:
    """Return the model's variance of an AUC, of independent cases in the numbers of `cases`."""
    return model_variance(auc, cases.n_positive, cases.n - cases.n_positive)
