"""Decision thresholds on probabilities; chosen on validation, never on the reported cases."""

import numpy as np
from numpy.typing import ArrayLike

from pipeline.statistics.ranking import Ranking
from pipeline.statistics.scored_cases import BinaryCases, FloatArray

NEUTRAL = 0.5  # if no threshold is better than another


def youden_threshold(labels: ArrayLike, probabilities: ArrayLike) -> float:
    """Return the threshold with the highest sensitivity + specificity - 1.

    Parameters
    ----------
    labels
        Array of shape (n_cases,) of 0 and 1.
    probabilities
        Array of shape (n_cases,) of numbers from 0 to 1, of the positive class.

    Returns
    -------
    float
        A probability of at least this is called positive. It lies midway between two scores that
        occur, so that a last digit decides nothing. Of equally good thresholds it is the lowest,
        which misses the fewest positive cases; 0.5 if a class is absent or no threshold is better
        than chance.

    Raises
    ------
    RadbankError
        If a probability is not a number from 0 to 1.

    Notes
    -----
    J is Youden's index (Cancer 3:32-35, 1950). It is compared in whole numbers, so that ties are
    ties on every machine.

    Examples
    --------
    >>> youden_threshold([0, 0, 1, 1], [0.1, 0.2, 0.6, 0.9])
    0.4
    """
    cases = BinaryCases.of(labels, probabilities, np.zeros(np.size(labels)))
    if not cases.has_both_classes:
        return NEUTRAL
    ranking = Ranking.of(cases)
    true_positives, false_positives = ranking.counts(np.ones((1, cases.n)))
    n_negative = cases.n - cases.n_positive
    index = true_positives[0] * n_negative - false_positives[0] * cases.n_positive
    if index.max() <= 0:
        return NEUTRAL
    return between(ranking.scores, int(np.flatnonzero(index == index.max())[-1]))


def between(scores: FloatArray, above: int) -> float:
    """Return the threshold with so many distinct scores above it.

    Parameters
    ----------
    scores
        ndarray of falling numbers.
    above
        From 1 to all of them.

    Returns
    -------
    float
        Midway to the next score, so that a last digit decides nothing; with all above it the
        lowest.
    """
    lowest = float(scores[above - 1])
    if above == len(scores):
        return lowest
    middle = (lowest + float(scores[above])) / 2
    return middle if middle > scores[above] else lowest
