"""Prevalence shift: other shares of positives in training and in test."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.robustness.bench import Bench, of_patients, patients_by_class

COLUMNS = ["training", "test", "metric", "value", "low", "high"]
METRICS = ("accuracy", "brier")


def shifted_balance(bench: Bench, shares: Sequence[float], repeats: int) -> pd.DataFrame:
    """Train at one share of positive patients, and score at another.

    Parameters
    ----------
    bench
        Where they are tried.
    shares
        Shares of positives, above 0 and below 1; each in training with each in test.
    repeats
        Draws of training patients.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`: accuracy at the threshold chosen on validation, and the Brier score, each
        with its band.

    Notes
    -----
    All training sets are of one size, the largest that every share allows, so that only their
    balance differs. Test cases are weighted instead of drawn: that gives the expectation over all
    test sets of that balance, and leaves sensitivity, specificity and AUC what they are.
    """
    rng = np.random.default_rng(bench.seed)
    negative, positive = patients_by_class(bench.train)
    size = int(min(min(len(positive) / q, len(negative) / (1 - q)) for q in shares))
    orders = [(rng.permutation(negative), rng.permutation(positive)) for _ in range(repeats)]
    is_positive = bench.test.labels == 1
    rows = []
    for training in sorted(shares):
        count = min(max(round(training * size), 1), size - 1)
        tried = [
            bench.metrics(
                of_patients(bench.train, np.concatenate([no[: size - count], yes[:count]]))
            )
            for no, yes in orders
        ]
        for test in sorted(shares):
            weights = np.where(
                is_positive, test / is_positive.mean(), (1 - test) / (~is_positive).mean()
            )
            for metric in METRICS:
                band = bench.band(tried, metric, weights)
                rows.append((training, test, metric, band.value, band.low, band.high))
    return pd.DataFrame(rows, columns=COLUMNS)
