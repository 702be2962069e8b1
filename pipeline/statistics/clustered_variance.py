"""The variance of an estimate between samples of patients, from the influences of its cases.

With S_sk the sum of the influences of patient k's cases of stratum s, K_s the patients with cases
of stratum s, and K all patients,

    Var = sum_s K_s / (K_s - 1) sum_k S_sk^2 + 2 K / (K - 1) sum_(s < r) sum_k S_sk S_rk

References
----------
Obuchowski, Nonparametric analysis of clustered ROC curve data, Biometrics 53:567-578, 1997, has it
for two strata, positive and negative cases.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.statistics.scored_cases import FloatArray


@dataclass(frozen=True)
class Spread:
    """How an estimate varies between samples of patients.

    Attributes
    ----------
    variance
        Of the estimate.
    satterthwaite
        Degrees of freedom of that variance, from those of the strata.
    fewest
        Patients with cases of the rarest stratum.
    """

    variance: float
    satterthwaite: float
    fewest: int


def spread_over(
    influence: FloatArray,
    strata: Sequence[NDArray[np.bool_]],
    patients: NDArray[np.int64],
    n_patients: int,
) -> Spread | None:
    """Return the variance of an estimate.

    Parameters
    ----------
    influence
        ndarray of shape (n_cases,): by how much each case pulls the estimate up or down.
    strata
        Masks of shape (n_cases,), which share no case.
    patients
        ndarray of shape (n_cases,): the case's patient from 0 to `n_patients` - 1.
    n_patients
        How many patients there are.

    Returns
    -------
    Spread or None
        None where a stratum has fewer than two patients.
    """
    counts = [np.unique(patients[own]).size for own in strata]
    if min(counts) < 2:
        return None
    sums = [np.bincount(patients, influence * own, n_patients) for own in strata]
    parts = [count / (count - 1) * float(s @ s) for count, s in zip(counts, sums, strict=True)]
    shared = sum(float(one @ other) for one, other in combinations(sums, 2))
    variance = max(sum(parts) + 2 * n_patients / (n_patients - 1) * shared, 0.0)
    scatter = sum(part**2 / (count - 1) for part, count in zip(parts, counts, strict=True))
    # without any scatter the degrees of freedom do not matter
    freedom = sum(parts) ** 2 / scatter if scatter > 0 else math.inf
    return Spread(variance, freedom, min(counts))
