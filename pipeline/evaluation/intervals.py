"""Which interval a figure has: one made for it where there is one, else the bootstrap's."""

from dataclasses import replace

import numpy as np

from pipeline.evaluation.bootstrap import Estimate
from pipeline.evaluation.delong import auc_interval
from pipeline.evaluation.metrics import AllMetrics
from pipeline.evaluation.proportion import share_interval

INTERVAL = (
    "by patient: DeLong score (auc), Wilson with design effect (accuracy, sensitivity, "
    "specificity), percentile bootstrap (all others)"
)


def with_closed_forms(
    estimates: dict[str, Estimate], metrics: AllMetrics, confidence: float
) -> dict[str, Estimate]:
    """Replace the bootstrap's intervals of the AUC and of shares of images.

    With few patients the bootstrap's intervals of these are too narrow, and without width where
    a figure is at its bound; docs/reference/statistics.md has the figures.

    Parameters
    ----------
    estimates
        By metric, of the bootstrap; what has no other interval is returned as it is.
    metrics
        Of the same cases.
    confidence
        As 0.95.
    """
    cases = metrics.cases
    positive = cases.labels == 1
    right = (cases.probabilities >= metrics.threshold) == positive
    counted = {
        "accuracy": np.ones(cases.n, dtype=bool),
        "sensitivity": positive,
        "specificity": ~positive,
    }
    ends = {
        "auc": auc_interval(cases, confidence),
        **{
            name: share_interval(right, which, cases, confidence) for name, which in counted.items()
        },
    }
    made = {
        name: replace(estimates[name], low=low, high=high) for name, (low, high) in ends.items()
    }
    return {**estimates, **made}
