"""Logistic regression on one number, for many sets of weights at a time."""

import numpy as np

from pipeline.statistics.scored_cases import FloatArray, IntArray

STEPS = 30
CLOSE = 1e-8  # convergence: largest last step of Newton's method, in units of the coefficients
_TINY = 1e-12


def fit_line(x: FloatArray, labels: IntArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit logit P(label = 1) = intercept + slope x by maximum likelihood (Newton's method).

    Parameters
    ----------
    x
        ndarray of shape (n_cases,).
    labels
        ndarray of shape (n_cases,) of 0 and 1.
    weights
        ndarray of shape (n_sets, n_cases): how often each case counts in each set.

    Returns
    -------
    tuple of ndarray of shape (n_sets,)
        Intercepts and slopes; NaN where there is no finite maximum, as when a class is absent or
        `x` separates the classes.
    """
    intercept, slope = np.zeros(len(weights)), np.zeros(len(weights))
    step = np.full(len(weights), np.inf)
    for _ in range(STEPS):
        p = _logistic(intercept[:, np.newaxis] + slope[:, np.newaxis] * x)
        residual, curvature = weights * (labels - p), weights * p * (1 - p)
        gradient = residual.sum(axis=1), residual @ x
        a, b, c = curvature.sum(axis=1), curvature @ x, curvature @ (x * x)
        determinant = a * c - b * b
        singular = determinant <= _TINY * np.maximum(a * c, _TINY)
        scale = np.where(singular, np.nan, determinant)
        change = (
            (c * gradient[0] - b * gradient[1]) / scale,
            (a * gradient[1] - b * gradient[0]) / scale,
        )
        intercept, slope = intercept + change[0], slope + change[1]
        step = np.maximum(np.abs(change[0]), np.abs(change[1]))
        if not (step > CLOSE).any():
            break
    found = step <= CLOSE
    return np.where(found, intercept, np.nan), np.where(found, slope, np.nan)


def fit_shift(offset: FloatArray, labels: IntArray, weights: FloatArray) -> FloatArray:
    """Fit logit P(label = 1) = intercept + offset by maximum likelihood.

    Parameters
    ----------
    offset
        ndarray of shape (n_cases,), whose slope is held at 1.
    labels, weights
        As in :func:`fit_line`.

    Returns
    -------
    ndarray of shape (n_sets,)
        Intercepts; NaN where a class is absent.
    """
    intercept = np.zeros(len(weights))
    step = np.full(len(weights), np.inf)
    for _ in range(STEPS):
        p = _logistic(intercept[:, np.newaxis] + offset)
        gradient = (weights * (labels - p)).sum(axis=1)
        curvature = (weights * p * (1 - p)).sum(axis=1)
        change = gradient / np.where(curvature > _TINY, curvature, np.nan)
        # a long step overshoots where the curve is flat
        intercept = intercept + np.clip(change, -1, 1)
        step = np.abs(change)
        if not (step > CLOSE).any():
            break
    return np.where(step <= CLOSE, intercept, np.nan)


def _logistic(x: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-x)) without overflow."""
    return (1 + np.tanh(x / 2)) / 2
