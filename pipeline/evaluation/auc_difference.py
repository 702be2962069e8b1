"""Whether two models' AUCs on the same cases differ: DeLong's test or the bootstrap, by patient."""

import math

import numpy as np
from scipy.stats import t

from pipeline.artifacts.results import Difference
from pipeline.artifacts.task import Task
from pipeline.evaluation.bootstrap import percentile_interval
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.delong import FEW_PATIENTS, Spread, influences, quantile, spread
from pipeline.evaluation.scored_cases import BinaryCases, FloatArray

_UNDEFINED = Difference(value=None, low=None, high=None, p=None)


def auc_test(task: Task) -> str:
    """Name the test of :func:`compare_auc`."""
    return "clustered DeLong" if task.binary else "paired bootstrap over patients"


def compare_auc(
    first: ClassifiedCases,
    second: ClassifiedCases,
    *,
    value: float,
    draws: FloatArray,
    confidence: float,
) -> Difference:
    """Return the AUC of `first` minus that of `second`, tested.

    The one place where the test of the AUC is chosen: DeLong's of a binary task, else, of the mean
    over classes, the paired bootstrap.

    Parameters
    ----------
    first, second
        Two models on the same cases in the same order.
    value
        The difference on the cases as they are; NaN where it is not defined.
    draws
        ndarray of shape (n_bootstrap,): the difference on each draw of patients.
    confidence
        Of the interval, as 0.95.
    """
    if first.task.binary:
        return auc_difference(first.one_vs_rest[0], second.one_vs_rest[0], confidence)
    return bootstrap_difference(value, draws, confidence)


def auc_difference(first: BinaryCases, second: BinaryCases, confidence: float) -> Difference:
    """Return the AUC of `first` minus that of `second` by the paired DeLong test.

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
        return _UNDEFINED
    (auc, influence), (other, on_other) = influences(first), influences(second)
    difference = auc - other
    scatter = spread(influence - on_other, first)
    if scatter is None:
        return Difference(value=difference, low=None, high=None, p=None)
    error = math.sqrt(scatter.variance)
    freedom = _freedom(scatter)
    half = quantile(confidence, freedom) * error
    if error == 0:  # two models that rank the cases in the same order
        return Difference(value=difference, low=difference, high=difference, p=1.0)
    p = 2 * float(t.sf(abs(difference) / error, freedom))
    return Difference(value=difference, low=difference - half, high=difference + half, p=p)


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
    if np.isnan(value):
        return _UNDEFINED
    low, high = percentile_interval(draws, confidence)
    if low is None:
        return Difference(value=value, low=None, high=None, p=None)
    defined = draws[~np.isnan(draws)]
    fewest = int(min(np.count_nonzero(defined <= 0), np.count_nonzero(defined >= 0)))
    p = min(1.0, 2 * (1 + fewest) / (1 + defined.size))
    return Difference(value=value, low=low, high=high, p=p)


def _freedom(scatter: Spread) -> float:
    few = scatter.fewest < FEW_PATIENTS
    return scatter.satterthwaite if few else 2 * scatter.satterthwaite
