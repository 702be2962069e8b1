"""Learning curve over the number of training patients."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.robustness.bench import Bench, of_patients, patients_by_class

COLUMNS = ["share", "patients", "images", "value", "low", "high"]


def draw_orders(bench: Bench, repeats: int) -> list[list[NDArray[Any]]]:
    """Put the training patients of each class in a random order, `repeats` times."""
    rng = np.random.default_rng(bench.seed)
    by_class = patients_by_class(bench.train)
    return [[rng.permutation(names) for names in by_class] for _ in range(repeats)]


def first_patients(order: Sequence[NDArray[Any]], share: float) -> NDArray[Any]:
    """Return the first share of each class's patients, at least one of each."""
    return np.concatenate([names[: max(round(share * len(names)), 1)] for names in order])


def fewer_patients(bench: Bench, shares: Sequence[float], repeats: int) -> pd.DataFrame:
    """Train on shares of the training patients, drawn anew each time.

    Parameters
    ----------
    bench
        Where they are tried.
    shares
        Of the patients of each class, above 0 to 1. Within a repeat the smaller set is part of
        the larger, so that a curve rises by its patients and not by its luck.
    repeats
        Draws; all patients can be drawn in one way only.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`; mean numbers of patients and images, and the AUC on test (of more than two
        classes the macro average) with its band.
    """
    orders = draw_orders(bench, repeats)
    rows = []
    for share in sorted(shares):
        chosen = [first_patients(order, share) for order in (orders if share < 1 else orders[:1])]
        parts = [of_patients(bench.train, names) for names in chosen]
        band = bench.band([bench.metrics(part) for part in parts], "auc")
        images = float(np.mean([len(part) for part in parts]))
        rows.append((share, len(chosen[0]), images, band.value, band.low, band.high))
    return pd.DataFrame(rows, columns=COLUMNS)
