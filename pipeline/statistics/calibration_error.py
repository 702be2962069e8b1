"""The expected calibration error, and what a calibrated model would show of it by chance.

The distance of probability and share of positives is never below 0, so that of few cases it lies
above 0 for a calibrated model too, and so does a bootstrap of it: its interval holds the truth in
none of such cohorts [1]_. The error found is therefore held against those of labels that are drawn
from the model's own probabilities [2]_ [3]_.

References
----------
.. [1] Nixon et al., Measuring calibration in deep learning, CVPR workshops 2019; Kumar, Liang and
   Ma, Verified uncertainty calibration, NeurIPS 2019.
.. [2] Bröcker and Smith, Increasing the reliability of reliability diagrams, Weather and
   Forecasting 22:651-661, 2007.
.. [3] Vaicenavicius et al., Evaluating model calibration in classification, AISTATS 2019.
"""

import numpy as np

from pipeline.artifacts.results import Estimate
from pipeline.statistics.scored_cases import BinaryCases, FloatArray

BINS = 10
DRAWS = 1000


def binned(probabilities: FloatArray) -> FloatArray:
    """Say which of :data:`BINS` bins of equal width each probability lies in.

    Parameters
    ----------
    probabilities
        ndarray of shape (n_cases,).

    Returns
    -------
    ndarray of shape (n_cases, BINS)
        1 for a case's bin, 0 elsewhere.
    """
    inside = np.zeros((probabilities.size, BINS))
    bins = np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
    inside[np.arange(probabilities.size), bins] = 1
    return inside


def error_if_calibrated(cases: BinaryCases, confidence: float, seed: int) -> Estimate:
    """Return the calibration error that these cases would show of a calibrated model.

    Parameters
    ----------
    cases
        What was predicted; the labels tell only how alike those of a patient are.
    confidence
        Share of the draws between the ends, as 0.95.
    seed
        Of the draws.

    Returns
    -------
    Estimate
        The mean over :data:`DRAWS` sets of labels, with their middle share; undefined without a
        case.

    Notes
    -----
    An image is positive in a draw with its own probability. The correlation r of a patient's
    labels beyond the probabilities is estimated from the residuals within bins; in a draw an image
    takes its patient's random number with probability sqrt(r), its own otherwise, so that two
    images of a patient share one with probability r.
    """
    if cases.n == 0:
        return Estimate(value=None)
    inside, p = binned(cases.probabilities), cases.probabilities
    shared = np.sqrt(_correlation(cases, inside))
    generator = np.random.default_rng(seed)
    errors = np.empty(DRAWS)
    for draw in range(DRAWS):
        own = generator.random(cases.n)
        of_patient = generator.random(cases.n_patients)[cases.patients]
        u = np.where(generator.random(cases.n) < shared, of_patient, own)
        errors[draw] = np.abs(((u < p) - p) @ inside).sum() / cases.n
    tail = (1 - confidence) / 2
    low, high = np.quantile(errors, (tail, 1 - tail))
    return Estimate(value=float(errors.mean()), low=float(low), high=float(high))


def _correlation(cases: BinaryCases, inside: FloatArray) -> float:
    """Return how alike the labels of a patient are beyond their probabilities, from 0 to 1."""
    residuals = cases.labels - cases.probabilities
    counts = inside.sum(axis=0)
    residuals = residuals - inside @ np.divide(
        residuals @ inside, counts, out=np.zeros(BINS), where=counts > 0
    )
    deviations = np.sqrt(cases.probabilities * (1 - cases.probabilities))
    found, greatest = (_products(each, cases) for each in (residuals, deviations))
    return float(np.clip(found / greatest, 0, 1)) if greatest > 0 else 0.0


def _products(values: FloatArray, cases: BinaryCases) -> float:
    """Return the sum over patients of the products of the values of every two images."""
    sums, squares = (
        np.bincount(cases.patients, each, cases.n_patients) for each in (values, values**2)
    )
    return float((sums**2 - squares).sum())
