"""The logistic regression on embeddings that all probes use, fitted by patient-grouped folds."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.statistics.scored_cases import FloatArray, IntArray

FOLDS = 5
_PENALTY = 0.01  # inverse strength: embeddings have more columns than most cohorts have patients


def told(
    embeddings: NDArray[Any], labels: IntArray, others: NDArray[Any], n_classes: int
) -> FloatArray:
    """Fit embeddings to labels and return the probabilities of other embeddings.

    Parameters
    ----------
    embeddings : ndarray of shape (n_images, n_features)
    labels : ndarray of shape (n_images,)
        From 0 to `n_classes` - 1; a class that is not there has probability 0.
    others : ndarray of shape (n_others, n_features)
    n_classes
        How many columns there are to be.

    Returns
    -------
    ndarray of shape (n_others, n_classes)
    """
    found = np.zeros((len(others), n_classes))
    there = np.unique(labels)
    if there.size == 1:
        found[:, there] = 1
        return found
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=_PENALTY, class_weight="balanced", max_iter=500)
    ).fit(embeddings, labels)
    found[:, there] = model.predict_proba(others)
    return found


def told_out_of_fold(
    embeddings: NDArray[Any],
    labels: IntArray,
    groups: NDArray[Any],
    *,
    n_classes: int,
    seed: int,
    size: int | None = None,
) -> FloatArray:
    """Return each image's probabilities from a model that saw none of its patient's.

    Parameters
    ----------
    embeddings, labels, n_classes
        As in :func:`told`.
    groups : ndarray of shape (n_images,)
        The patient of each image.
    seed
        Of the folds.
    size
        Images to learn from in each fold, at most; None: all.

    Returns
    -------
    ndarray of shape (n_images, n_classes)
    """
    patients = pd.factorize(groups)[0]
    found = np.empty((len(labels), n_classes))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for rest, held_out in folds.split(embeddings, labels, patients):
        train = rest if size is None else some_patients(rest, patients, size, seed)
        found[held_out] = told(embeddings[train], labels[train], embeddings[held_out], n_classes)
    return found


def some_patients(rows: IntArray, patients: NDArray[Any], size: int, seed: int) -> IntArray:
    """Draw patients until they have `size` images, and return those of `rows` that are theirs."""
    codes, names = pd.factorize(patients[rows])
    order = np.random.default_rng(seed).permutation(len(names))
    images = np.cumsum(np.bincount(codes)[order])
    return rows[np.isin(codes, order[images <= size])]
