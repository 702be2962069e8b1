"""Class weights in the training loss, and the weighted log loss."""

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

ClassWeight: TypeAlias = Literal["balanced"] | None


def class_weights(labels: NDArray[np.int64], mode: ClassWeight) -> NDArray[np.float64]:
    """Return the weight of each class in the training loss.

    Parameters
    ----------
    labels : ndarray of shape (n_images,)
        Training labels, every class present.
    mode
        "balanced": n_images / (n_classes * images of the class), so that all classes weigh the
        same; None: 1 for all.

    Returns
    -------
    ndarray of shape (n_classes,)
        Indexed by label.
    """
    counts = np.bincount(labels, minlength=2)
    if mode is None:
        return np.ones(len(counts))
    weights: NDArray[np.float64] = len(labels) / (len(counts) * counts)
    return weights


def describe_class_weight(mode: ClassWeight) -> str:
    """Say in words what :func:`class_weights` does."""
    if mode is None:
        return "not corrected in training: every image weighs the same"
    return "each class weighted inversely to its frequency in the training split"


def weighted_log_loss(
    probability: NDArray[np.float64], labels: NDArray[np.int64], weight_of: NDArray[np.float64]
) -> float:
    """Return the mean log loss, each image weighted by its class; smaller is better.

    Parameters
    ----------
    probability : ndarray of shape (n_images, n_classes)
    labels : ndarray of shape (n_images,)
    weight_of : ndarray of shape (n_classes,)
        Weight of each class, as :func:`class_weights` returns it.
    """
    likelihood = probability[np.arange(len(labels)), labels]
    loss = -np.log(np.maximum(likelihood, np.finfo(np.float64).tiny))
    return float(np.average(loss, weights=weight_of[labels]))
