"""Which labels are probably wrong: confident learning on out-of-fold probabilities."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from heads.base import Examples
from pipeline.experiments.bench import Bench

FOLDS = 5


def suspects(probability: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the images whose label is probably wrong, the most suspicious first.

    Parameters
    ----------
    probability : ndarray of shape (n_images,)
        Of the positive class, by a model that did not learn from the image.
    labels : ndarray of shape (n_images,)
        Both classes present.

    Returns
    -------
    ndarray of int64
        Positions, by falling difference between the probability of the other class and that of
        the label.

    Notes
    -----
    An image is confidently of a class if its probability reaches the mean probability of the
    images labelled so; a label is suspect if the image is confidently of the other class, and, of
    two such classes, more probably of the other (Northcutt, Jiang and Chuang, Confident Learning,
    JAIR 70, 2021). Thresholds of each class make it indifferent to how classes were weighed.
    """
    by_class = np.column_stack([1 - probability, probability])
    bar = np.array([by_class[labels == label, label].mean() for label in (0, 1)])
    rows = np.arange(len(labels))
    given, other = by_class[rows, labels], by_class[rows, 1 - labels]
    confident = (other >= bar[1 - labels]) & ((given < bar[labels]) | (other > given))
    found = np.flatnonzero(confident)
    order: NDArray[np.int64] = found[np.argsort(given[found] - other[found], kind="stable")]
    return order


def out_of_fold(bench: Bench, examples: Examples) -> NDArray[np.float64]:
    """Return probabilities by heads that did not learn from the image's patient.

    Shape (n_images,); plain views are asked.
    """
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=bench.seed)
    probability = np.empty(len(examples))
    for rest, held_out in folds.split(examples.labels, examples.labels, examples.groups):
        head = bench.fit(examples.take(rest))
        probability[held_out] = head.predict_proba(examples.plain[held_out])[:, 1]
    return probability


def list_suspects(bench: Bench, cases: pd.DataFrame, examples: Examples) -> pd.DataFrame:
    """List the cases whose own label is suspect.

    Parameters
    ----------
    bench
        The head.
    cases : DataFrame
        id, group, label and split of each image.
    examples
        The same images.

    Returns
    -------
    DataFrame
        Columns of `cases` and probability, the most suspicious first.
    """
    probability = out_of_fold(bench, examples)
    found = suspects(probability, examples.labels)
    return cases.assign(probability=probability).iloc[found].reset_index(drop=True)


def share_found(planted: NDArray[Any], found: NDArray[np.int64]) -> tuple[float, float]:
    """Return which share of planted errors was found, and which share of the found is planted.

    Parameters
    ----------
    planted : ndarray of shape (n_images,), bool
    found
        Positions of suspects.
    """
    right = int(planted[found].sum())
    return right / max(int(planted.sum()), 1), right / max(len(found), 1)
