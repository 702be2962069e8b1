"""The test of a difference of two models' areas on the same cases, from its variance."""

import math

from scipy.stats import t

from pipeline.evaluation.clustered_variance import Spread
from pipeline.evaluation.delong import FEW_PATIENTS, quantile
from pipeline.evaluation.difference import Difference


def paired_test(difference: float, scatter: Spread | None, confidence: float) -> Difference:
    """Return a difference of areas with its interval and p-value.

    The difference over its standard error is held against Student's t with twice Satterthwaite's
    degrees of freedom, or with fewer than six patients of a class with Satterthwaite's own: the
    normal distribution calls equal models different too often when positives are few
    (docs/reference/statistics.md).

    Parameters
    ----------
    difference
        First minus second.
    scatter
        Its variance between samples of patients; None where it has none.
    confidence
        Of the interval, as 0.95.
    """
    if scatter is None:
        return Difference(difference, None, None, None)
    error = math.sqrt(scatter.variance)
    if error == 0:  # two models that rank alike
        return Difference(difference, difference, difference, 1.0)
    few = scatter.fewest < FEW_PATIENTS
    freedom = scatter.satterthwaite if few else 2 * scatter.satterthwaite
    half = quantile(confidence, freedom) * error
    p = 2 * float(t.sf(abs(difference) / error, freedom))
    return Difference(difference, difference - half, difference + half, p)
