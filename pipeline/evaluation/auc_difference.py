"""Whether two models' AUCs on the same cases differ: the paired DeLong test, by patient."""

import math

from scipy.stats import t

from pipeline.evaluation.clustered_variance import Spread
from pipeline.evaluation.delong import FEW_PATIENTS, influences, quantile, spread
from pipeline.evaluation.difference import Difference
from pipeline.evaluation.scored_cases import ScoredCases


def auc_difference(first: ScoredCases, second: ScoredCases, confidence: float) -> Difference:
    """Return the AUC of `first` minus that of `second`, with its interval and p-value.

    Parameters
    ----------
    first, second
        Two models' scores of the same cases in the same order.
    confidence
        Of the interval, as 0.95.

    Notes
    -----
    The influences of a case on both areas are subtracted before they are summed by patient
    (:mod:`pipeline.evaluation.delong`), so that what both models find hard cancels out. The
    difference over its standard error is held against Student's t with twice Satterthwaite's
    degrees of freedom, or with fewer than six patients of a class with Satterthwaite's own: the
    normal distribution calls equal models different too often when positives are few
    (docs/reference/statistics.md).
    """
    if not first.has_both_classes:
        return Difference(None, None, None, None)
    (auc, influence), (other, on_other) = influences(first), influences(second)
    difference = auc - other
    return tested(difference, spread(influence - on_other, first), confidence)


def tested(difference: float, scatter: Spread | None, confidence: float) -> Difference:
    """Return a difference of areas with the interval and p-value that its spread gives."""
    if scatter is None:
        return Difference(difference, None, None, None)
    error = math.sqrt(scatter.variance)
    freedom = _freedom(scatter)
    half = quantile(confidence, freedom) * error
    if error == 0:  # two models that rank alike
        return Difference(difference, difference, difference, 1.0)
    p = 2 * float(t.sf(abs(difference) / error, freedom))
    return Difference(difference, difference - half, difference + half, p)


def _freedom(scatter: Spread) -> float:
    few = scatter.fewest < FEW_PATIENTS
    return scatter.satterthwaite if few else 2 * scatter.satterthwaite
