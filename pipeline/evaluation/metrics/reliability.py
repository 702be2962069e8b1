"""Metrics of calibration: how well predicted probabilities agree with what is observed.

References
----------
.. [1] Van Calster et al., Journal of Clinical Epidemiology 74:167-176, 2016.
.. [2] Naeini, Cooper and Hauskrecht, AAAI 2015; Guo et al., ICML 2017.
.. [3] Brier, Monthly Weather Review 78:1-3, 1950.
"""

import math

import numpy as np
from scipy.special import logit

from pipeline.evaluation.classified import Weighted, ratio
from pipeline.evaluation.metric import SHARE, Metric, binary, multiclass, no_task
from pipeline.statistics.calibration_error import binned
from pipeline.statistics.logistic import fit_line, fit_shift
from pipeline.statistics.scored_cases import FloatArray

IF_CALIBRATED = "ece_if_calibrated"
"""The ECE that a calibrated model would show of the same cases, beside `ece`."""

_SMALLEST = float(np.finfo(np.float64).eps)  # as scikit-learn clips for the log loss
_LOGIT_CLIP = 1e-6  # a probability of 0 or 1 has no logit


def _brier(weighted: Weighted) -> FloatArray:
    """Return the mean squared distance of probability and label, summed over reported classes."""
    distances = [each.probabilities - each.labels for each in weighted.classified.one_vs_rest]
    return weighted.mean(np.square(distances).sum(axis=0))


def _log_loss(weighted: Weighted) -> FloatArray:
    """Return the mean of -log of the probability of the true class."""
    cases = weighted.classified.cases
    true = cases.probabilities[np.arange(cases.n), cases.labels]
    return weighted.mean(-np.log(np.clip(true, _SMALLEST, 1 - _SMALLEST)))


def _logits(weighted: Weighted) -> FloatArray:
    (positive,) = weighted.classified.one_vs_rest
    logits: FloatArray = logit(np.clip(positive.probabilities, _LOGIT_CLIP, 1 - _LOGIT_CLIP))
    return logits


def _slope(weighted: Weighted) -> FloatArray:
    """Return the slope of a logistic regression of the labels on the logits."""
    return fit_line(_logits(weighted), weighted.classified.cases.labels, weighted.weights)[1]


def _intercept(weighted: Weighted) -> FloatArray:
    """Return the intercept of that regression with the slope held at 1."""
    return fit_shift(_logits(weighted), weighted.classified.cases.labels, weighted.weights)


def _ece(weighted: Weighted) -> FloatArray:
    """Return the mean distance of probability and share of positives in bins of equal width."""
    (positive,) = weighted.classified.one_vs_rest
    residuals = weighted.weights * (positive.labels - positive.probabilities)
    distances = np.abs(residuals @ binned(positive.probabilities)).sum(axis=1)
    return ratio(distances, weighted.weights.sum(axis=1))


brier = Metric(
    name="brier",  # of several classes from 0 to 2 [3]_
    label="Brier score",
    higher_is_better=False,
    values=_brier,
    bounds=(0.0, 2.0),
    of_calibration=True,
)
log_loss = Metric(
    name="log_loss",
    label="Log loss",
    higher_is_better=False,
    values=_log_loss,
    bounds=(0.0, math.inf),
    main=multiclass,
    of_calibration=True,
)
calibration_slope = Metric(
    name="calibration_slope",  # below 1, probabilities are too extreme [1]_
    label="Slope",
    higher_is_better=None,
    values=_slope,
    tasks=binary,
    main=no_task,
    of_calibration=True,
)
calibration_intercept = Metric(
    name="calibration_intercept",  # above 0, probabilities are too low on the whole [1]_
    label="Intercept",
    higher_is_better=None,
    values=_intercept,
    tasks=binary,
    main=no_task,
    of_calibration=True,
)
ece = Metric(
    name="ece",  # expected calibration error [2]_
    label="ECE",
    higher_is_better=False,
    values=_ece,
    bounds=SHARE,
    tasks=binary,
    main=no_task,
    of_calibration=True,
    no_interval=f"chance alone gives more than 0; {IF_CALIBRATED} says how much",
)
