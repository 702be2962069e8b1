"""Heads trained on shuffled labels: what a score is by chance, with these images and this test."""

import numpy as np
from numpy.typing import NDArray

from pipeline.probing.classifier import told
from pipeline.statistics.scored_cases import BoolArray, FloatArray, IntArray

SHUFFLES = 5


def told_from_shuffled(
    embeddings: NDArray[np.float32], labels: IntArray, training: BoolArray, *, seed: int
) -> list[FloatArray]:
    """Fit a logistic regression to embeddings and shuffled labels of the training split.

    Parameters
    ----------
    embeddings : ndarray of shape (n_cases, n_features)
    labels : ndarray of shape (n_cases,)
        Class of each, from 0. Those of the training images change places among them.
    training : ndarray of shape (n_cases,)
        Which cases are of the training split.
    seed
        Of the shuffles.

    Returns
    -------
    list of ndarray of shape (n_cases, n_classes)
        One a shuffle, :data:`SHUFFLES` of them.
    """
    generator, x, y = np.random.default_rng(seed), embeddings[training], labels[training]
    n_classes = int(labels.max()) + 1
    return [told(x, generator.permutation(y), embeddings, n_classes) for _ in range(SHUFFLES)]
