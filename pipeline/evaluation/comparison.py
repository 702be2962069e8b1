"""Which of two models is better on the same cases: the paired patient bootstrap."""

import numpy as np

from pipeline.evaluation.bootstrap import Estimate, estimate
from pipeline.evaluation.metrics import AllMetrics
from pipeline.evaluation.scored_cases import FloatArray

COMPARED = ("auc", "accuracy", "brier")


def compare(
    first: AllMetrics, second: AllMetrics, *, n_bootstrap: int, confidence: float, seed: int
) -> dict[str, Estimate]:
    """Return the metrics of `first` minus those of `second`, with intervals.

    Parameters
    ----------
    first, second
        The metrics of two models, each at its own threshold, on the same cases in the same order.
    n_bootstrap
        How many times the patients are drawn.
    confidence
        Of the intervals, as 0.95.
    seed
        Of the draws.

    Returns
    -------
    dict of str to Estimate
        The difference of each of COMPARED.

    Raises
    ------
    ValueError
        If the two were not scored on the same cases.

    Notes
    -----
    Both models are scored on the same draws of patients, so what is hard for both cancels out.
    Two intervals that overlap say less than the interval of their difference.
    """
    same_labels = np.array_equal(first.cases.labels, second.cases.labels)
    same_patients = np.array_equal(first.cases.patients, second.cases.patients)
    if not same_labels or not same_patients:
        raise ValueError("the two models were not scored on the same cases")

    def difference(weights: FloatArray) -> dict[str, FloatArray]:
        minuend, subtrahend = first(weights), second(weights)
        return {name: minuend[name] - subtrahend[name] for name in COMPARED}

    return estimate(
        difference,
        first.cases.patients,
        first.cases.n_patients,
        n_bootstrap=n_bootstrap,
        confidence=confidence,
        seed=seed,
    )
