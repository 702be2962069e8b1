"""The variance of a difference of two AUCs before data are collected, from what is assumed.

Scores of either model are normal with variance 1, apart between the classes as its AUC says. Of
images of one class

- two models' scores of one image correlate by r,
- one model's scores of two images of a patient by w, two models' by r w,

and all images of a patient are of one class. An image's placement under a model is Phi of its
score, shifted; with P the difference of both models' placements, V_P its variance and C its
covariance between two images of a patient, and m images a patient, K1 and K0 patients of the
classes,

    Var = (V_P + (m - 1) C) / m (1 / K1 + 1 / K0) + (V_h - 2 V_P) / (m^2 K1 K0)

where V_h is the variance of the two models' difference on one pair of images. The moments are
bivariate normal probabilities; with one image a patient Var is exact [1]_.

References
----------
.. [1] DeLong, DeLong and Clarke-Pearson, Biometrics 44:837-845, 1988; Obuchowski and McClish,
   Sample size determination for diagnostic accuracy studies involving binormal ROC curve indices,
   Statistics in Medicine 16:1529-1542, 1997.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cached_property

from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import norm

from pipeline.statistics.clustered_variance import Spread
from pipeline.statistics.power import MOST_PATIENTS, POWER, power_of

_FEWEST = 2  # patients of a class, without whom there is no test
_NEAR_ONE = 1 - 1e-6


@dataclass(frozen=True)
class Assumed:
    """What is assumed of two models and of the patients.

    Attributes
    ----------
    auc
        Of the model with the lower AUC, from 0.5 to below 1.
    difference
        By how much the other's is higher.
    correlation
        Of the two models' scores among images of one class, from 0 to below 1.
    prevalence
        Share of patients with positive images.
    images
        Images a patient.
    within
        Correlation of a model's scores of two images of a patient, from 0 to below 1.
    """

    auc: float
    difference: float
    correlation: float
    prevalence: float
    images: float = 1
    within: float = 0.5

    def counts(self, n_patients: int) -> tuple[int, int]:
        """Return the patients with positive and with negative images among so many."""
        positive = round(self.prevalence * n_patients)
        return positive, n_patients - positive

    def scatter(self, n_patients: int) -> Spread | None:
        """Return the variance of the measured difference, None with too few patients of a class."""
        counts = self.counts(n_patients)
        if min(counts) < _FEWEST:
            return None
        one, other, pair = self._moments
        per_patient = (one + (self.images - 1) * other) / self.images
        parts = [per_patient / count for count in counts]
        rest = (pair - 2 * one) / (self.images**2 * counts[0] * counts[1])
        freedom = sum(parts) ** 2 / sum(
            part**2 / (count - 1) for part, count in zip(parts, counts, strict=True)
        )
        return Spread(max(sum(parts) + rest, 0.0), freedom, min(counts))

    def power(self, n_patients: int, confidence: float) -> float:
        """Return how likely so many patients show the difference; 0 with too few of a class."""
        scatter = self.scatter(n_patients)
        return 0.0 if scatter is None else power_of(self.difference, scatter, confidence)

    @cached_property
    def _moments(self) -> tuple[float, float, float]:
        """Variance and covariance of the difference of placements, and variance on one pair."""
        aucs = self.auc, self.auc + self.difference

        def product(first: int, second: int, correlation: float) -> float:
            """Return the mean of the product of two placements, whose scores so correlate."""
            return both_below(aucs[first], aucs[second], correlation / 2)

        def square(own: float, between: float) -> float:
            """Return the second moment of the difference, of one model and between the two."""
            same = product(0, 0, own) + product(1, 1, own)
            return same - 2 * product(0, 1, between) - self.difference**2

        pair = sum(aucs) - 2 * both_below(*aucs, self.correlation) - self.difference**2
        within = self.within
        return square(1.0, self.correlation), square(within, self.correlation * within), pair


def both_below(first: float, second: float, correlation: float) -> float:
    """Return the probability that two standard normal values lie below these quantiles.

    Parameters
    ----------
    first, second
        Probability of either.
    correlation
        Of the two values, above -1 and below 1.

    Notes
    -----
    The integral over the angle whose sine is the correlation (Drezner and Wesolowsky, Journal of
    Statistical Computation and Simulation 35:101-107, 1990).
    """
    h, k = norm.ppf([first, second])

    def density(angle: float) -> float:
        return math.exp(-(h**2 + k**2 - 2 * h * k * math.sin(angle)) / (2 * math.cos(angle) ** 2))

    joint, _ = quad(density, 0.0, math.asin(correlation))
    return float(first * second + joint / (2 * math.pi))


def patients_to_plan(
    assumed: Assumed, confidence: float = 0.95, power: float = POWER
) -> int | None:
    """Return how many patients show the difference with this power; None beyond ten million."""
    numbers = range(2 * _FEWEST, MOST_PATIENTS + 1)
    place = bisect_left(numbers, power, key=lambda n: assumed.power(n, confidence))
    return numbers[place] if place < len(numbers) else None


def detectable_by(
    assumed: Assumed, n_patients: int, confidence: float = 0.95, power: float = POWER
) -> float | None:
    """Return the smallest difference that so many patients show with this power.

    Returns
    -------
    float or None
        None where even an AUC near 1 would not be told from `assumed.auc`.
    """

    def excess(difference: float) -> float:
        return replace(assumed, difference=difference).power(n_patients, confidence) - power

    largest = _NEAR_ONE - assumed.auc
    if excess(largest) < 0:
        return None
    return float(brentq(excess, math.ulp(1.0) ** 0.5, largest, xtol=1e-6))
