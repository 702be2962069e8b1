"""Decision curves: the net benefit of acting on a model, on all cases or on none."""

import numpy as np
import pandas as pd

from pipeline.statistics.crossed import NO_WIDTH
from pipeline.statistics.delong import quantile
from pipeline.statistics.scored_cases import BinaryCases, FloatArray

THRESHOLDS = np.arange(1, 100) / 100


def decision_curve(
    cases: BinaryCases, *, confidence: float, thresholds: FloatArray = THRESHOLDS
) -> pd.DataFrame:
    """Return the net benefit of acting where the probability is at least a threshold.

    At a threshold t one accepts (1 - t) / t false alarms for each true one, so that [1]_

        net benefit = TP / n - FP / n * t / (1 - t)

    Parameters
    ----------
    cases
        What was predicted, and what is true.
    confidence
        Of the intervals: each case adds its own benefit, so they are those of a mean of
        patients' sums (ratio estimator, Student's t over patients), at each threshold alone; NaN
        where the benefit does not vary between patients.
    thresholds
        ndarray of numbers between 0 and 1.

    Returns
    -------
    DataFrame
        `threshold`, `net_benefit`, `low`, `high`, `treat_all`; acting on none has benefit 0.

    References
    ----------
    .. [1] Vickers and Elkin, Medical Decision Making 26:565-574, 2006.
    """
    if cases.n == 0:
        return pd.DataFrame(
            columns=["threshold", "net_benefit", "low", "high", "treat_all"], dtype=np.float64
        )
    odds = thresholds / (1 - thresholds)
    worth = np.where(cases.labels == 1, 1.0, -odds[:, np.newaxis])
    called = cases.probabilities >= thresholds[:, np.newaxis]
    benefit = (worth * called).mean(axis=1)
    half = _half_width(worth * called - benefit[:, np.newaxis], cases, confidence)
    return pd.DataFrame(
        {
            "threshold": thresholds,
            "net_benefit": benefit,
            "low": benefit - half,
            "high": benefit + half,
            "treat_all": worth.mean(axis=1),
        }
    )


def _half_width(residuals: FloatArray, cases: BinaryCases, confidence: float) -> FloatArray:
    """Return half the interval's width of each row's mean.

    NaN with fewer than two patients, and where all have the same, as where nobody is acted on.
    """
    k = cases.n_patients
    if k < 2:
        return np.full(len(residuals), np.nan)
    patients = np.zeros((cases.n, k))
    patients[np.arange(cases.n), cases.patients] = 1
    squares = np.square(residuals @ patients).sum(axis=1)
    half = quantile(confidence, k - 1) * np.sqrt(k / (k - 1) * squares) / cases.n
    varies: FloatArray = np.where(half > NO_WIDTH, half, np.nan)
    return varies
