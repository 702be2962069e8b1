"""Label noise and missing labels: their effect on the AUC, and how many are found."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from heads.examples import Examples
from pipeline.robustness.bench import Bench
from pipeline.robustness.suspects import out_of_fold, share_found, suspects

COLUMNS = ["kind", "share", "value", "low", "high", "found", "right"]


def noisy_labels(bench: Bench, shares: Sequence[float], repeats: int) -> pd.DataFrame:
    """Flip, or take away, the labels of a share of the training images.

    Of more than two classes a flipped label becomes any of the others. Validation and test keep
    theirs.

    Parameters
    ----------
    bench
        Where they are tried.
    shares
        Of the training images, from 0 to below 1.
    repeats
        Draws of the images concerned.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`: `kind` "flipped" or "dropped", AUC on test (of more than two classes the
        macro average) with its band, and for flipped labels which share of them is among the
        suspects (`found`) and which share of the suspects was flipped (`right`), means over the
        repeats.
    """
    rng = np.random.default_rng(bench.seed)
    n = len(bench.train)
    orders = [rng.permutation(n) for _ in range(repeats)]
    rows = []
    for share in sorted(shares):
        count = round(share * n)
        hit = [np.isin(np.arange(n), order[:count]) for order in orders]
        hit = hit if count else hit[:1]
        flipped = [_flip(bench.train, each, bench.n_classes, rng) for each in hit]
        band = bench.band([bench.metrics(each) for each in flipped], "auc")
        found = right = np.nan
        if count:
            found, right = np.mean(
                [
                    share_found(each, suspects(out_of_fold(bench, wrong), wrong.labels))
                    for each, wrong in zip(hit, flipped, strict=True)
                ],
                axis=0,
            )
        rows.append(("flipped", share, band.value, band.low, band.high, found, right))
        dropped = bench.band([bench.metrics(bench.train.take(~each)) for each in hit], "auc")
        rows.append(("dropped", share, dropped.value, dropped.low, dropped.high, np.nan, np.nan))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.sort_values(["kind", "share"], ascending=[False, True], ignore_index=True)


def _flip(
    examples: Examples, rows: np.ndarray, n_classes: int, rng: np.random.Generator
) -> Examples:
    step = rng.integers(1, n_classes, len(examples))  # of two classes: always 1
    labels = np.where(rows, (examples.labels + step) % n_classes, examples.labels)
    return replace(examples, labels=labels)
