"""Label noise and missing labels: their effect on the AUC, and how many are found."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heads.examples import Examples
from pipeline.robustness.bench import Bench
from pipeline.robustness.suspects import out_of_fold, share_found, suspects

COLUMNS = ["kind", "share", "value", "low", "high", "found", "right"]
KINDS = ("flipped", "missed", "dropped")
"""Labels turned into another class; positives written down as negatives; labels taken away."""


def noisy_labels(bench: Bench, shares: Sequence[float], repeats: int) -> pd.DataFrame:
    """Flip, miss or take away the labels of a share of the training images.

    Validation and test keep theirs.

    Parameters
    ----------
    bench
        Where they are tried.
    shares
        Of the training images, from 0 to below 1; of "missed", of the positive ones.
    repeats
        Draws of the images concerned.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`: `kind` one of :data:`KINDS`, AUC on test (of more than two classes the
        macro average) with its band, and for wrong labels which share of them is among the
        suspects (`found`) and which share of the suspects is wrong (`right`), means over the
        repeats.

    Notes
    -----
    "flipped" is noise on both sides; of more than two classes a flipped label becomes any of the
    others. "missed" is noise on one side, as in labels taken from radiology reports that need not
    mention every finding; it is of two classes only.
    """
    rng = np.random.default_rng(bench.seed)
    n = len(bench.train)
    orders = [rng.permutation(n) for _ in range(repeats)]
    of_positives = [order_of_positives(bench, repeat) for repeat in range(repeats)]
    rows = []
    for share in sorted(shares):
        hit = first_rows(orders, share, n)
        flipped = [flip(bench.train, each, bench.n_classes, rng) for each in hit]
        rows.append(("flipped", share, *_wrong(bench, hit, flipped)))
        if bench.n_classes == 2:
            hidden = first_rows(of_positives, share, n)
            missed = [miss(bench.train, each) for each in hidden]
            rows.append(("missed", share, *_wrong(bench, hidden, missed)))
        dropped = bench.band([bench.metrics(bench.train.take(~each)) for each in hit], "auc")
        rows.append(("dropped", share, dropped.value, dropped.low, dropped.high, np.nan, np.nan))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = {kind: place for place, kind in enumerate(KINDS)}
    return frame.sort_values(
        ["kind", "share"],
        key=lambda column: column.map(order) if column.name == "kind" else column,
        ignore_index=True,
    )


def order_of_positives(bench: Bench, repeat: int) -> NDArray[np.int64]:
    """Return the positive training images in a random order, one a repeat."""
    positives = np.flatnonzero(bench.train.labels == 1)
    return np.random.default_rng([bench.seed, repeat]).permutation(positives)


def first_rows(
    orders: Sequence[NDArray[np.int64]], share: float, n: int
) -> list[NDArray[np.bool_]]:
    """Return masks of the first share of each order, at most all but one; one mask if of none."""
    count = min(round(share * len(orders[0])), len(orders[0]) - 1)
    return [np.isin(np.arange(n), each[:count]) for each in (orders if count else orders[:1])]


def _wrong(
    bench: Bench, hit: Sequence[NDArray[np.bool_]], changed: Sequence[Examples]
) -> tuple[float, float, float, float, float]:
    """Return the AUC and its band with wrong labels, and how well these are found."""
    band = bench.band([bench.metrics(each) for each in changed], "auc")
    found = right = np.nan
    if hit[0].any():
        found, right = np.mean(
            [
                share_found(each, suspects(out_of_fold(bench, wrong), wrong.labels))
                for each, wrong in zip(hit, changed, strict=True)
            ],
            axis=0,
        )
    return band.value, band.low, band.high, float(found), float(right)


def flip(
    examples: Examples, rows: NDArray[np.bool_], n_classes: int, rng: np.random.Generator
) -> Examples:
    """Turn the labels of some images into another class, any of the others alike."""
    step = rng.integers(1, n_classes, len(examples))  # of two classes: always 1
    labels = np.where(rows, (examples.labels + step) % n_classes, examples.labels)
    return replace(examples, labels=labels)


def miss(examples: Examples, rows: NDArray[np.bool_]) -> Examples:
    """Write some positive images down as negatives."""
    return replace(examples, labels=np.where(rows, 0, examples.labels))
