"""What a model does where it is used: at its threshold, and at rates that were asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.metrics import AllMetrics, Confusion, ratio, sensitivity, specificity
from pipeline.evaluation.scored_cases import FloatArray

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Operating:
    """Metrics of decisions beside those of `metrics`, as a function of weights.

    Attributes
    ----------
    metrics
        The cases, their ranking and the threshold.
    points
        Rates to hold: the sensitivity is given where specificity is at least that high, and the
        specificity where sensitivity is.
    prevalences
        Shares of positives for which predictive values are given.
    """

    metrics: AllMetrics
    points: Sequence[float]
    prevalences: Sequence[float]

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        """Return each figure as an ndarray of shape (n_sets,) for weights (n_sets, n_cases)."""
        confusion = Confusion.of(self.metrics.cases, weights, self.metrics.threshold)
        right, wrong = sensitivity(confusion), specificity(confusion)
        found = {"balanced_accuracy": (right + wrong) / 2, "mcc": mcc(confusion)}
        true_positives, false_positives = self.metrics.ranking.counts(weights)
        tpr = ratio(true_positives, np.broadcast_to(true_positives[:, -1:], true_positives.shape))
        fpr = ratio(
            false_positives, np.broadcast_to(false_positives[:, -1:], false_positives.shape)
        )
        for point in self.points:
            found[f"sensitivity_at_specificity_{point:g}"] = best_where(tpr, 1 - fpr, point)
            found[f"specificity_at_sensitivity_{point:g}"] = best_where(1 - fpr, tpr, point)
        for prevalence in self.prevalences:
            ppv, npv = predictive_values(right, wrong, prevalence)
            found[f"ppv_at_prevalence_{prevalence:g}"] = ppv
            found[f"npv_at_prevalence_{prevalence:g}"] = npv
        return found


def mcc(confusion: Confusion) -> FloatArray:
    """Return Matthews' correlation of calls and labels, of shape (n_sets,).

    0 where all calls are the same, as in scikit-learn; NaN where all labels are.
    """
    tp, fp = confusion.true_positive, confusion.false_positive
    tn, fn = confusion.true_negative, confusion.false_negative
    labels, calls = (tp + fn) * (tn + fp), (tp + fp) * (tn + fn)
    correlation = ratio(tp * tn - fp * fn, np.sqrt(labels * calls))
    return np.where((labels > 0) & (calls == 0), 0.0, correlation)


def predictive_values(
    sensitivity: FloatArray, specificity: FloatArray, prevalence: float
) -> tuple[FloatArray, FloatArray]:
    """Return the positive and negative predictive value where a share `prevalence` is positive.

    Bayes' theorem: of those called positive, the share that is, and of those called negative.
    NaN where nothing is called so.
    """
    true_positive, false_positive = sensitivity * prevalence, (1 - specificity) * (1 - prevalence)
    true_negative, false_negative = specificity * (1 - prevalence), (1 - sensitivity) * prevalence
    return (
        ratio(true_positive, true_positive + false_positive),
        ratio(true_negative, true_negative + false_negative),
    )


def best_where(wanted: FloatArray, held: FloatArray, least: float) -> FloatArray:
    """Return the highest of `wanted` among the thresholds where `held` is at least `least`.

    Parameters
    ----------
    wanted, held
        ndarrays of shape (n_sets, n_thresholds).
    least
        From 0 to 1.

    Returns
    -------
    ndarray of shape (n_sets,)
        NaN where either is not defined. The threshold is found on the same cases, so the figure
        is a little too good.
    """
    allowed = np.where(held >= least - _ROUNDING, wanted, -np.inf)
    best = allowed.max(axis=1)
    undefined = np.isnan(wanted).any(axis=1) | np.isnan(held).any(axis=1)
    return np.where(undefined, np.nan, best)
