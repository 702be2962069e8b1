"""The curves behind the figures: ROC, precision-recall, calibration.

Each is a frame as it is written to `plots/`; where a curve is not defined, for want of positive or
negative cases, it has no rows.
"""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

from pipeline.statistics.proportion import wilson_interval
from pipeline.statistics.ranking import Ranking
from pipeline.statistics.scored_cases import BinaryCases, FloatArray


def roc(cases: BinaryCases) -> pd.DataFrame:
    """Return the ROC curve from (0, 0) to (1, 1), without points inside a straight run.

    Returns
    -------
    DataFrame
        `fpr`, `tpr`: 1 - specificity and sensitivity, of falling thresholds.
    """
    if not cases.has_both_classes:
        return pd.DataFrame({"fpr": [], "tpr": []}, dtype=np.float64)
    true_positives, false_positives = _counts(cases)
    corner = (np.diff(true_positives, 2) != 0) | (np.diff(false_positives, 2) != 0)
    kept = np.concatenate(([True], corner, [True]))
    return pd.DataFrame(
        {
            "fpr": false_positives[kept] / false_positives[-1],
            "tpr": true_positives[kept] / true_positives[-1],
        }
    )


def precision_recall(cases: BinaryCases) -> pd.DataFrame:
    """Return precision over recall, one row a distinct score, from the highest score down.

    Returns
    -------
    DataFrame
        `recall`, `precision`.
    """
    if cases.n_positive == 0:
        return pd.DataFrame({"recall": [], "precision": []}, dtype=np.float64)
    true_positives, false_positives = (counts[1:] for counts in _counts(cases))
    return pd.DataFrame(
        {
            "recall": true_positives / true_positives[-1],
            "precision": true_positives / (true_positives + false_positives),
        }
    )


def calibration(cases: BinaryCases, *, confidence: float, n_bins: int = 10) -> pd.DataFrame:
    """Return the observed share of positives over the predicted one, in bins of equal counts.

    Parameters
    ----------
    cases
        What was predicted, and what is true.
    confidence
        Of the Wilson intervals. They take the images of a bin as independent, so they are
        somewhat narrow where patients have several.
    n_bins
        Number of quantile bins; fewer where tied probabilities would straddle two.

    Returns
    -------
    DataFrame
        `predicted` (mean probability), `observed` (share of positives), `low`, `high`, `n`.
    """
    if cases.n == 0:
        return pd.DataFrame(columns=["predicted", "observed", "low", "high", "n"])
    inner = np.linspace(0, 1, n_bins + 1)[1:-1]
    edges = np.unique(np.quantile(cases.probabilities, inner))
    bins = np.searchsorted(edges, cases.probabilities, side="right")
    rows = pd.DataFrame({"predicted": cases.probabilities, "observed": cases.labels})
    binned = rows.groupby(bins)
    n = binned.size().to_numpy()
    observed = binned["observed"].mean().to_numpy()
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    low, high = wilson_interval(binned["observed"].sum().to_numpy(np.float64), n.astype(float), z)
    return pd.DataFrame(
        {
            "predicted": binned["predicted"].mean().to_numpy(),
            "observed": observed,
            "low": low,
            "high": high,
            "n": n,
        }
    )


def mean_roc(cases: Sequence[BinaryCases]) -> pd.DataFrame:
    """Return the mean of the ROC curves of several classes, sensitivity averaged at equal fpr.

    Where a curve is vertical, it has a lowest and a highest sensitivity at one fpr; both are
    averaged, so that the area below the mean curve is the mean of the areas: the macro AUC.

    Returns
    -------
    DataFrame
        `fpr`, `tpr`; no rows where a class is absent.
    """
    if len(cases) == 1 or not all(each.has_both_classes for each in cases):
        return roc(next((each for each in cases if not each.has_both_classes), cases[0]))
    curves = [roc(each) for each in cases]
    grid = np.unique(np.concatenate([curve["fpr"] for curve in curves]))
    ends = [_ends(curve["fpr"].to_numpy(), curve["tpr"].to_numpy(), grid) for curve in curves]
    mean = np.mean(ends, axis=0)  # (2, n_grid): lowest and highest
    return pd.DataFrame({"fpr": grid.repeat(2), "tpr": mean.T.ravel()})


def _ends(x: FloatArray, y: FloatArray, at: FloatArray) -> FloatArray:
    """Return the lowest and the highest y of a rising curve at each x, shape (2, n_at)."""
    first, last = (np.searchsorted(x, at, side) for side in ("left", "right"))
    between = np.interp(at, x, y)
    return np.stack(
        [
            np.where(first < last, y[np.minimum(first, x.size - 1)], between),
            np.where(first < last, y[last - 1], between),
        ]
    )


def _counts(cases: BinaryCases) -> tuple[FloatArray, FloatArray]:
    """Count true and false positives at every threshold."""
    true_positives, false_positives = Ranking.of(cases).counts(np.ones((1, cases.n)))
    return true_positives[0], false_positives[0]
