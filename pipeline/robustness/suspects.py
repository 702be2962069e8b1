"""Suspect labels by confident learning on out-of-fold probabilities."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from heads.examples import Examples
from pipeline.robustness.bench import Bench

FOLDS = 5


def suspects(probability: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the images whose label is probably wrong, the most suspicious first.

    Parameters
    ----------
    probability : ndarray of shape (n_images, n_classes)
        By a model that did not learn from the image.
    labels : ndarray of shape (n_images,)
        Every class present.

    Returns
    -------
    ndarray of int64
        Positions, by falling difference between the probability of the class suggested and that
        of the label.

    Notes
    -----
    An image is confidently of a class if its probability reaches the mean probability of the
    images labelled so; a label is suspect if the image is confidently of another class, and, of
    several such classes, most probably of another (Northcutt, Jiang and Chuang, Confident
    Learning, JAIR 70, 2021). Thresholds of each class make it indifferent to how classes were
    weighed.
    """
    rows = np.arange(len(labels))
    confident = _confident(probability, labels)
    other = confident.argmax(axis=1)
    found = np.flatnonzero(confident[rows, other] > confident[rows, labels])
    gap = probability[rows, labels] - probability[rows, other]
    order: NDArray[np.int64] = found[np.argsort(gap[found], kind="stable")]
    return order


def _confident(probability: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the probabilities that reach the mean of their class, -inf in place of the others."""
    classes = range(probability.shape[1])
    bar = np.array([probability[labels == label, label].mean() for label in classes])
    return np.where(probability >= bar, probability, -np.inf)


def out_of_fold(bench: Bench, examples: Examples) -> NDArray[np.float64]:
    """Return probabilities by heads that did not learn from the image's patient.

    Shape (n_images, n_classes), of plain views.
    """
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=bench.seed)
    probability = np.empty((len(examples), bench.n_classes))
    patients = pd.factorize(examples.groups)[0]
    for rest, held_out in folds.split(examples.labels, examples.labels, patients):
        refitted = bench.fit(examples.take(rest))
        probability[held_out] = refitted.plain(examples.take(held_out))
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
        Columns of `cases` and probability (of the positive class), the most suspicious first. Of
        more than two classes, `suggested` and probability (of the class suggested).
    """
    probability = out_of_fold(bench, examples)
    found = suspects(probability, examples.labels)
    if bench.n_classes == 2:
        table = cases.assign(probability=probability[:, 1])
    else:
        confident = _confident(probability, examples.labels)
        table = cases.assign(suggested=confident.argmax(axis=1), probability=confident.max(axis=1))
    return table.iloc[found].reset_index(drop=True)


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
