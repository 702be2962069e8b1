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

import numpy as np
from scipy.special import stdtrit
from scipy.stats import rankdata

from pipeline.statistics.clustered_variance import Spread, spread_over
from pipeline.statistics.scored_cases import BinaryCases, FloatArray

FEW_PATIENTS = 15  # of a class: below it the paired test takes Satterthwaite's degrees of freedom


def influences(cases: BinaryCases) -> tuple[float, FloatArray]:
    """Return the AUC and the influence of each case on it.

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


def model_variance(auc: float, n_positive: int, n_negative: int) -> float:
    """Return an area's variance when ratings have exponential tails and cases are independent.

    Newcombe 2006, method 5: both class sizes of the second-order terms are their mean.
    """
    mean_size = (n_positive + n_negative) / 2
    second_order = (1 - auc) / (2 - auc) + auc / (1 + auc)
    return auc * (1 - auc) * (1 + (mean_size - 1) * second_order) / (n_positive * n_negative)


def quantile(confidence: float, freedom: float) -> float:
    """Return the two-sided quantile of Student's t; the normal one for infinite `freedom`."""
    return float(stdtrit(freedom, (1 + confidence) / 2))
