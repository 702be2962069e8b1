"""Metrics of weighted cases, for many sets of weights at a time.

A set of weights is a row: ones give the metric itself, the counts of a bootstrap draw give the
metric of that draw, zero for one patient and one for all others gives the jackknife. Where a
metric is not defined (sensitivity without positive cases) it is NaN; nothing warns.

Definitions are those of https://scikit-learn.org/stable/modules/model_evaluation.html.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from pipeline.evaluation.ranking import Ranking
from pipeline.evaluation.scored_cases import FloatArray, ScoredCases

METRICS = ("accuracy", "auc", "f1", "sensitivity", "specificity", "average_precision", "brier")


@dataclass(frozen=True, eq=False)
class Confusion:
    """Weighted counts of the four outcomes, each an ndarray of shape (n_sets,)."""

    true_positive: FloatArray
    false_positive: FloatArray
    true_negative: FloatArray
    false_negative: FloatArray

    @classmethod
    def of(cls, cases: ScoredCases, weights: FloatArray, threshold: float) -> Self:
        """Count outcomes where a probability of at least `threshold` is called positive."""
        called = cases.probabilities >= threshold
        positive = cases.labels == 1
        outcomes = (called & positive, called & ~positive, ~called & ~positive, ~called & positive)
        return cls(*(weights[:, outcome].sum(axis=1) for outcome in outcomes))


def accuracy(confusion: Confusion) -> FloatArray:
    """Return the share of cases called right, of shape (n_sets,)."""
    right = confusion.true_positive + confusion.true_negative
    return ratio(right, right + confusion.false_positive + confusion.false_negative)


def sensitivity(confusion: Confusion) -> FloatArray:
    """Return the share of positive cases called positive, of shape (n_sets,)."""
    return ratio(confusion.true_positive, confusion.true_positive + confusion.false_negative)


def specificity(confusion: Confusion) -> FloatArray:
    """Return the share of negative cases called negative, of shape (n_sets,)."""
    return ratio(confusion.true_negative, confusion.true_negative + confusion.false_positive)


def f1(confusion: Confusion) -> FloatArray:
    """Return 2 TP / (2 TP + FP + FN), of shape (n_sets,)."""
    twice = 2 * confusion.true_positive
    return ratio(twice, twice + confusion.false_positive + confusion.false_negative)


def auc(true_positives: FloatArray, false_positives: FloatArray) -> FloatArray:
    """Return the area under the ROC curve, a tie between the classes counting one half.

    Parameters
    ----------
    true_positives, false_positives
        ndarrays of shape (n_sets, 1 + n_scores) from :meth:`Ranking.counts`.

    Returns
    -------
    ndarray of shape (n_sets,)
        NaN for a set without both classes.
    """
    heights = true_positives[:, 1:] + true_positives[:, :-1]
    area = (np.diff(false_positives, axis=1) * heights).sum(axis=1) / 2
    return ratio(area, true_positives[:, -1] * false_positives[:, -1])


def average_precision(true_positives: FloatArray, false_positives: FloatArray) -> FloatArray:
    """Return the mean of precision over the steps of recall, not interpolated.

    Parameters
    ----------
    true_positives, false_positives
        ndarrays of shape (n_sets, 1 + n_scores) from :meth:`Ranking.counts`.

    Returns
    -------
    ndarray of shape (n_sets,)
        NaN for a set without positive cases.
    """
    called = true_positives[:, 1:] + false_positives[:, 1:]
    steps = np.diff(true_positives, axis=1)
    precision = ratio(true_positives[:, 1:], called)
    area = np.where(steps > 0, steps * precision, 0).sum(axis=1)
    return ratio(area, true_positives[:, -1])


def brier(cases: ScoredCases, weights: FloatArray) -> FloatArray:
    """Return the mean squared distance of probability and label, of shape (n_sets,)."""
    squares = np.square(cases.probabilities - cases.labels)
    return ratio((weights * squares).sum(axis=1), weights.sum(axis=1))


@dataclass(frozen=True, eq=False)
class AllMetrics:
    """Every metric of the same cases at one threshold, as a function of weights.

    Ranks the cases once, however many sets of weights follow.
    """

    cases: ScoredCases
    threshold: float
    ranking: Ranking

    @classmethod
    def of(cls, cases: ScoredCases, threshold: float) -> Self:
        """Prepare the metrics of `cases`, those of decisions at `threshold`."""
        return cls(cases, threshold, Ranking.of(cases))

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        """Return each of METRICS as an ndarray of shape (n_sets,) for weights (n_sets, n_cases)."""
        confusion = Confusion.of(self.cases, weights, self.threshold)
        counts = self.ranking.counts(weights)
        return {
            "accuracy": accuracy(confusion),
            "auc": auc(*counts),
            "f1": f1(confusion),
            "sensitivity": sensitivity(confusion),
            "specificity": specificity(confusion),
            "average_precision": average_precision(*counts),
            "brier": brier(self.cases, weights),
        }


def ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Divide two ndarrays of one shape, with NaN where there is nothing to divide by."""
    undefined: FloatArray = np.full(denominator.shape, np.nan)
    np.divide(numerator, denominator, out=undefined, where=denominator > 0)
    return undefined
