"""Metrics of more than two classes, for many sets of weights of the cases at a time.

A class that no case is of leaves what it enters undefined (NaN), instead of being passed over: a
mean over other classes would be another figure under the same name.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from pipeline.evaluation.metrics import auc, ratio
from pipeline.evaluation.multiclass.cases import ClassCases
from pipeline.evaluation.ranking import Ranking
from pipeline.evaluation.scored_cases import FloatArray

CLASS_METRICS = (
    "accuracy", "auc", "balanced_accuracy", "macro_f1", "kappa", "log_loss", "brier",
)  # fmt: skip
_SMALLEST = float(np.finfo(np.float64).eps)  # as scikit-learn clips for the log loss


def balanced_accuracy(confusion: FloatArray) -> FloatArray:
    """Return the mean over classes of the share of a class's cases called so.

    Parameters
    ----------
    confusion
        ndarray of shape (n_sets, n_classes, n_classes): weight by actual and by called class.

    Returns
    -------
    ndarray of shape (n_sets,)
    """
    right = np.diagonal(confusion, axis1=1, axis2=2)
    mean: FloatArray = ratio(right, confusion.sum(axis=2)).mean(axis=1)
    return mean


def macro_f1(confusion: FloatArray) -> FloatArray:
    """Return the mean over classes of F1, 2 TP / (2 TP + FP + FN); `confusion` as above."""
    right = np.diagonal(confusion, axis1=1, axis2=2)
    actual, called = confusion.sum(axis=2), confusion.sum(axis=1)
    mean: FloatArray = np.where(actual > 0, ratio(2 * right, actual + called), np.nan).mean(axis=1)
    return mean


def kappa(confusion: FloatArray) -> FloatArray:
    """Return Cohen's kappa: agreement of calls and labels beyond that of chance.

    With p the share of agreement and e that expected of independent calls with the same totals,
    (p - e) / (1 - e) [1]_; NaN where all labels and all calls are of one class. `confusion` as
    above.

    References
    ----------
    .. [1] Cohen, Educational and Psychological Measurement 20:37-46, 1960.
    """
    total = confusion.sum(axis=(1, 2))
    agreed = ratio(np.trace(confusion, axis1=1, axis2=2), total)
    expected = ratio((confusion.sum(axis=1) * confusion.sum(axis=2)).sum(axis=1), total**2)
    return ratio(agreed - expected, 1 - expected)


@dataclass(frozen=True, eq=False)
class ClassMetrics:
    """Every metric of the same cases, as a function of weights.

    `accuracy`, `balanced_accuracy`, `macro_f1` and `kappa` are of calls of the class with the
    highest probability. `auc` is the mean over classes of the AUC of each against the rest, every
    class counting the same (macro average) [1]_ [2]_. `log_loss` is the mean of -log of the
    probability of the true class. `brier` is the mean over cases of the squared distances of all
    probabilities from 1 for the true class and 0 for the others, summed: from 0 to 2 [3]_.

    References
    ----------
    .. [1] Provost and Domingos, Well-trained PETs, CeDER working paper IS-00-04, 2000; they weigh
       classes by their frequency.
    .. [2] https://scikit-learn.org/stable/modules/model_evaluation.html
    .. [3] Brier, Monthly Weather Review 78:1-3, 1950.
    """

    cases: ClassCases
    rankings: tuple[Ranking, ...]
    outcomes: FloatArray
    losses: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, cases: ClassCases) -> Self:
        """Prepare the metrics of `cases`; ranks them once for each class."""
        k, rows = cases.n_classes, np.arange(cases.n)
        outcomes = np.zeros((cases.n, k * k))
        outcomes[rows, cases.labels * k + cases.calls] = 1
        true = cases.probabilities[rows, cases.labels]
        distances = cases.probabilities - np.eye(k)[cases.labels]
        return cls(
            cases,
            tuple(Ranking.of(cases.against_rest(label)) for label in range(k)),
            outcomes,
            -np.log(np.maximum(true, _SMALLEST)),
            np.square(distances).sum(axis=1),
        )

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        """Return each of CLASS_METRICS as an ndarray (n_sets,) for weights (n_sets, n_cases)."""
        k, total = self.cases.n_classes, weights.sum(axis=1)
        confusion = (weights @ self.outcomes).reshape(-1, k, k)
        areas = [auc(*ranking.counts(weights)) for ranking in self.rankings]
        return {
            "accuracy": ratio(np.trace(confusion, axis1=1, axis2=2), total),
            "auc": np.mean(areas, axis=0),
            "balanced_accuracy": balanced_accuracy(confusion),
            "macro_f1": macro_f1(confusion),
            "kappa": kappa(confusion),
            "log_loss": ratio(weights @ self.losses, total),
            "brier": ratio(weights @ self.squares, total),
        }
