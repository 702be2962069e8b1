"""The AUC with images that come in patients: DeLong's placements summed by patient.

A case's placement says which share of the other class it is ranked on the right side of. The AUC
is their mean, and its variance follows from how the placements scatter between patients [1]_ [2]_:

    Var(A) = K10 / (K10 - 1) sum P_k^2 + K01 / (K01 - 1) sum N_k^2 + 2 K / (K - 1) sum P_k N_k

with P_k and N_k the sums over patient k's positive and negative cases of (placement - A) divided
by the number of cases of that class, K10 and K01 the patients with cases of each class, and K all
patients. With one image a patient it is DeLong's variance.

References
----------
.. [1] DeLong, DeLong and Clarke-Pearson, Biometrics 44:837-845, 1988.
.. [2] Obuchowski, Nonparametric analysis of clustered ROC curve data, Biometrics 53:567-578, 1997.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import rankdata, t

from pipeline.evaluation.clustered_variance import Spread, spread_over
from pipeline.evaluation.scored_cases import BinaryCases, FloatArray

FEW_PATIENTS = 6  # of a class: below it the paired test takes Satterthwaite's degrees of freedom
_NEAR = 1e-9


def influences(cases: BinaryCases) -> tuple[float, FloatArray]:
    """Return the AUC, and by how much each case pulls it up or down.

    Returns
    -------
    auc : float
        A tie between the classes counts one half.
    influence : ndarray of shape (n_cases,)
        (placement - AUC) / number of cases of its class. Those of a class sum to zero.

    Raises
    ------
    ValueError
        If a class is absent.
    """
    if not cases.has_both_classes:
        raise ValueError("an AUC needs both classes")
    positive = cases.labels == 1
    n_positive, n_negative = cases.n_positive, cases.n - cases.n_positive
    ranks = rankdata(cases.probabilities)
    placements = np.empty(cases.n)
    for own, among, sign in ((positive, n_negative, 1), (~positive, n_positive, -1)):
        share = (ranks[own] - rankdata(cases.probabilities[own])) / among
        placements[own] = share if sign > 0 else 1 - share
    auc = float(placements[positive].mean())
    return auc, (placements - auc) / np.where(positive, n_positive, n_negative)


def spread(influence: FloatArray, cases: BinaryCases) -> Spread | None:
    """Return the variance of an estimate from the influences of its cases.

    Parameters
    ----------
    influence
        ndarray of shape (n_cases,) of :func:`influences`, or a difference of two models' ones.
    cases
        Whose cases they are.

    Returns
    -------
    Spread or None
        None where a class has fewer than two patients.
    """
    by_class = [cases.labels == 1, cases.labels == 0]
    return spread_over(influence, by_class, cases.patients, cases.n_patients)


def auc_interval(cases: BinaryCases, confidence: float) -> tuple[float | None, float | None]:
    """Return the interval of an AUC: a score interval, widened by the design effect.

    It holds every area theta with

        (A - theta)^2 <= q^2 D V(theta)

    where V is the variance that ratings with exponential tails would have ([1]_, method 5), D the
    clustered variance over V(A) and at least 1, and q a quantile of Student's t with twice
    Satterthwaite's degrees of freedom. It stays inside 0 to 1, and has a width at an AUC of 1:
    there D is the mean number of images that an image's patient has.

    Parameters
    ----------
    cases
        What was predicted, and what is true.
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
    if not cases.has_both_classes:
        return None, None
    auc, influence = influences(cases)
    scatter = spread(influence, cases)
    if scatter is None:
        return None, None
    n_positive, n_negative = cases.n_positive, cases.n - cases.n_positive
    if 0 < auc < 1:
        expected = model_variance(auc, n_positive, n_negative)
        design_effect = max(scatter.variance / expected, 1.0)
    else:
        design_effect = images_of_a_patient(cases.patients)
    width = quantile(confidence, 2 * scatter.satterthwaite) ** 2 * design_effect
    return score_interval(auc, width, lambda area: model_variance(area, n_positive, n_negative))


def images_of_a_patient(patients: NDArray[np.int64]) -> float:
    """Return the mean number of images that an image's patient has; patients count from 0."""
    sizes = np.bincount(patients)
    return float(sizes @ sizes) / patients.size


def score_interval(
    auc: float, width: float, variance: Callable[[float], float]
) -> tuple[float, float]:
    """Return the ends of all areas theta with (auc - theta)^2 <= width * variance(theta)."""

    def excess(theta: float) -> float:
        return (auc - theta) ** 2 - width * variance(theta)

    inside = min(max(auc, _NEAR), 1 - _NEAR)
    low = brentq(excess, 0.0, inside) if auc > 0 else 0.0
    high = brentq(excess, inside, 1.0) if auc < 1 else 1.0
    return float(low), float(high)


def model_variance(auc: float, n_positive: int, n_negative: int) -> float:
    """Return an area's variance when ratings have exponential tails and cases are independent.

    Newcombe 2006, method 5: both class sizes of the second-order terms are their mean.
    """
    mean_size = (n_positive + n_negative) / 2
    second_order = (1 - auc) / (2 - auc) + auc / (1 + auc)
    return auc * (1 - auc) * (1 + (mean_size - 1) * second_order) / (n_positive * n_negative)


def quantile(confidence: float, freedom: float) -> float:
    """Return the two-sided quantile of Student's t; the normal one for infinite `freedom`."""
    return float(t.ppf((1 + confidence) / 2, freedom))
