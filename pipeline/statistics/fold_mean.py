"""The mean of a figure over the folds of cross-validation, with a corrected resampled variance.

The training sets of folds overlap, so their figures vary together, and the variance of J of them
divided by J is too small. With n2 / n1 the ratio of scored to training patients of a fold [1]_,

    Var(mean) = (1 / J + n2 / n1) S^2

with S^2 the variance of the J figures, of all repeats together [2]_, and J - 1 degrees of freedom.

References
----------
.. [1] Nadeau and Bengio, Inference for the generalization error, Machine Learning 52:239-281, 2003.
.. [2] Bouckaert and Frank, Evaluating the replicability of significance tests for comparing
   learning algorithms, PAKDD 2004.
"""

import math

import numpy as np
from scipy.stats import t

from pipeline.artifacts.results import Estimate
from pipeline.statistics.crossed import with_interval
from pipeline.statistics.delong import quantile
from pipeline.statistics.scored_cases import FloatArray


def fold_mean(
    figures: FloatArray, ratio: float, confidence: float, bounds: tuple[float, float]
) -> Estimate:
    """Return the mean over folds with its interval.

    Parameters
    ----------
    figures
        ndarray of shape (n_folds,), of all repeats; NaN where a figure is not defined on a fold,
        which is left out.
    ratio
        Patients that are scored in a fold, over those that are trained on.
    confidence
        As 0.95.
    bounds
        The figure's smallest and largest possible value.

    Returns
    -------
    Estimate
        Undefined where no fold has the figure; without an interval where fewer than two have it,
        or where it does not vary between them.
    """
    defined = figures[~np.isnan(figures)]
    if not defined.size:
        return Estimate(value=None)
    value, n = float(defined.mean()), defined.size
    if n < 2:
        return with_interval(value, (None, None), confidence=confidence)
    half = quantile(confidence, n - 1) * math.sqrt(_variance(defined, ratio))
    ends = max(value - half, bounds[0]), min(value + half, bounds[1])
    return with_interval(value, ends, confidence=confidence, bounds=bounds)


def fold_p_value(differences: FloatArray, ratio: float) -> float:
    """Return the two-sided p-value of the hypothesis that the mean over folds is 0.

    Parameters
    ----------
    differences
        As the figures of :func:`fold_mean`, where these have an interval.
    ratio
        As there.
    """
    defined = differences[~np.isnan(differences)]
    distance = abs(float(defined.mean())) / math.sqrt(_variance(defined, ratio))
    return float(2 * t.sf(distance, defined.size - 1))


def _variance(figures: FloatArray, ratio: float) -> float:
    """Return the corrected resampled variance of the mean."""
    return (1 / figures.size + ratio) * float(figures.var(ddof=1))
