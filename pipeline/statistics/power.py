"""How sure a difference of two AUCs is, and how many patients would settle it.

A difference D with variance V is shown, at two-sided level a and with power b, where

    |D| >= (q_(1 - a / 2) + q_b) sqrt(V)

with q quantiles of Student's t with the degrees of freedom of the paired test. V is the clustered
variance that was measured, so the correlation of the two models, the share of positive images and
the number of images a patient are in it. Of n patients in place of K it is V K / n, and the degrees
of freedom grow likewise. What other seeds add does not shrink with more patients.

The probability that the order of two models is false is the posterior probability, under a flat
prior, that the true difference has the other sign [1]_. Christodoulou et al. take Student's t over
cases; here it is over patients. It is calibrated where large and small differences are equally
likely beforehand, and too low where nearly all true differences are small (`benchmarks.power`).

References
----------
.. [1] Christodoulou et al., False promises in medical imaging AI? Assessing validity of
   outperformance claims, arXiv:2505.04720, 2025.
"""

from bisect import bisect_left

from scipy.stats import t

from pipeline.artifacts.results import Difference
from pipeline.statistics.clustered_variance import Spread
from pipeline.statistics.crossed import NO_WIDTH, NOTHING, Part, half_width
from pipeline.statistics.delong import quantile
from pipeline.statistics.paired_test import degrees_of_freedom

POWER = 0.8
MOST_PATIENTS = 10_000_000  # beyond it no number of patients is stated


def with_power(
    found: Difference, scatter: Spread | None, n_patients: int, confidence: float, seeds: Part
) -> Difference:
    """Add to a tested difference how sure its order is and what would settle it.

    Parameters
    ----------
    found
        Returned as it is where it was not tested.
    scatter
        The variance of the difference between samples of patients.
    n_patients
        On whom it was measured.
    confidence
        One minus the two-sided level, as 0.95.
    seeds
        What other seeds add (:mod:`pipeline.statistics.crossed`).
    """
    if found.value is None or found.p is None or scatter is None:
        return found
    return found.model_copy(
        update={
            "order_false": found.p / 2,
            "detectable": detectable(scatter, confidence, seeds=seeds),
            "patients": n_patients,
            "patients_needed": patients_needed(found.value, scatter, n_patients, confidence, seeds),
        }
    )


def detectable(
    scatter: Spread, confidence: float, power: float = POWER, seeds: Part = NOTHING
) -> float:
    """Return the smallest difference that is shown with this power."""
    parts = [Part(scatter.variance, degrees_of_freedom(scatter)), seeds]
    return half_width(parts, confidence) + half_width(parts, 2 * power - 1)


def patients_needed(
    difference: float,
    scatter: Spread,
    n_patients: int,
    confidence: float,
    seeds: Part = NOTHING,
) -> int | None:
    """Return how many patients like these show such a difference with 80 % power.

    Returns
    -------
    int or None
        None where `MOST_PATIENTS` are not enough, as for a difference that other seeds alone
        could make.
    """
    if abs(difference) < NO_WIDTH:
        return None

    def shown(n: int) -> bool:
        like = scaled(scatter, n / n_patients)
        return detectable(like, confidence, seeds=seeds) <= abs(difference)

    least = -(-2 * n_patients // scatter.fewest)  # two patients of the rarest class
    numbers = range(least, MOST_PATIENTS + 1)
    place = bisect_left(numbers, True, key=shown)
    return numbers[place] if place < len(numbers) else None


def power_of(difference: float, scatter: Spread, confidence: float) -> float:
    """Return how likely the paired test shows a true difference of this size."""
    freedom = degrees_of_freedom(scatter)
    distance, limit = abs(difference) / scatter.variance**0.5, quantile(confidence, freedom)
    return float(t.sf(limit - distance, freedom) + t.sf(limit + distance, freedom))


def scaled(scatter: Spread, factor: float) -> Spread:
    """Return the variance between samples of so many times as many patients."""
    return Spread(
        scatter.variance / factor, scatter.satterthwaite * factor, int(scatter.fewest * factor)
    )
