"""Metrics at the rates and prevalences that params.yaml asks for, one metric a value."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.evaluation.classified import Weighted, ratio
from pipeline.evaluation.metric import SHARE, Metric, binary, no_task
from pipeline.evaluation.metrics.decisions import sensitivity, specificity
from pipeline.statistics.scored_cases import FloatArray

_ROUNDING = 1e-9
FOUND_HERE = ", threshold found on these cases"


def operating_metrics(points: Sequence[float], prevalences: Sequence[float]) -> list[Metric]:
    """Declare the metrics of binary tasks at given operating points and prevalences.

    Parameters
    ----------
    points
        Rates to hold: the sensitivity is given where specificity is at least that high, and the
        specificity where sensitivity is. Both are marked as found on the cases themselves; for
        thresholds of other cases see :mod:`pipeline.evaluation.operating_points`.
    prevalences
        Shares of positives for which predictive values are given.
    """
    declared = []
    for point in points:
        declared += [
            _declare(
                "sensitivity_at_specificity",
                "Sensitivity at specificity",
                point,
                _tpr_at,
                FOUND_HERE,
            ),
            _declare(
                "specificity_at_sensitivity",
                "Specificity at sensitivity",
                point,
                _tnr_at,
                FOUND_HERE,
            ),
        ]
    for prevalence in prevalences:
        declared += [
            _declare("ppv_at_prevalence", "PPV at prevalence", prevalence, _ppv),
            _declare("npv_at_prevalence", "NPV at prevalence", prevalence, _npv),
        ]
    return declared


def _declare(
    name: str,
    label: str,
    held: float,
    values: Callable[[Weighted, float], FloatArray],
    where: str = "",
) -> Metric:
    return Metric(
        name=f"{name}_{held:g}",
        label=f"{label} {100 * held:g} %{where}",
        higher_is_better=True,
        values=lambda weighted: values(weighted, held),
        tasks=binary,
        bounds=SHARE,
        main=no_task,
    )


def _rates(weighted: Weighted) -> tuple[FloatArray, FloatArray]:
    """Return sensitivity and specificity at every threshold."""
    tpr, fpr = (
        ratio(counts, np.broadcast_to(counts[:, -1:], counts.shape))
        for counts in weighted.counts[0]
    )
    return tpr, 1 - fpr


def _tpr_at(weighted: Weighted, point: float) -> FloatArray:
    tpr, tnr = _rates(weighted)
    return best_where(tpr, tnr, point)


def _tnr_at(weighted: Weighted, point: float) -> FloatArray:
    tpr, tnr = _rates(weighted)
    return best_where(tnr, tpr, point)


def _ppv(weighted: Weighted, prevalence: float) -> FloatArray:
    return predictive_values(
        sensitivity.values(weighted), specificity.values(weighted), prevalence
    ).ppv


def _npv(weighted: Weighted, prevalence: float) -> FloatArray:
    return predictive_values(
        sensitivity.values(weighted), specificity.values(weighted), prevalence
    ).npv


class PredictiveValues(NamedTuple):
    """Shares of the cases predicted positive, and negative, that are; ndarrays (n_sets,)."""

    ppv: FloatArray
    npv: FloatArray


def predictive_values(
    sensitivity: FloatArray, specificity: FloatArray, prevalence: float
) -> PredictiveValues:
    """Return the positive and negative predictive value where a share `prevalence` is positive.

    Bayes' theorem: of the cases predicted positive, the share that is, and of those predicted
    negative. NaN where no case is predicted so.
    """
    true_positive, false_positive = sensitivity * prevalence, (1 - specificity) * (1 - prevalence)
    true_negative, false_negative = specificity * (1 - prevalence), (1 - sensitivity) * prevalence
    return PredictiveValues(
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
