"""Whitening of embeddings: decorrelate them and scale every direction to unit variance.

Embeddings of radiographs all point nearly the same way, so that their plain cosine tells copies
from strangers badly. After whitening (decorrelation to unit variance; Kessy, Lewin and Strimmer,
The American Statistician 72, 2018) strangers scatter around zero: docs/reference/leaks.md has the
figures.
"""

import numpy as np
from scipy.linalg import eigh

#: Directions of greatest variance that are kept.
RANK = 64

_NEGLIGIBLE = 1e-10  # of the greatest variance: a direction of rounding errors


def whiten(embeddings: np.ndarray, rank: int = RANK) -> np.ndarray:
    """Return unit vectors whose dot products are similarities.

    Parameters
    ----------
    embeddings
        Shape (n_images, n_features).
    rank
        Directions to keep, at most; never more than half the number of images.

    Returns
    -------
    ndarray of shape (n_images, n_directions), float32
        Without a direction at all where all embeddings are the same.
    """
    centred = np.asarray(embeddings, dtype=np.float64)
    centred = centred - centred.mean(axis=0)
    n_images, n_features = centred.shape
    rank = min(rank, n_images // 2, n_features)
    if rank == 0:
        return np.zeros((n_images, 0), dtype=np.float32)
    top = [n_features - rank, n_features - 1]
    variances, directions = eigh(centred.T @ centred, subset_by_index=top)
    real = variances > _NEGLIGIBLE * max(variances[-1], np.finfo(float).tiny)
    scores = centred @ (directions[:, real] / np.sqrt(variances[real]))
    lengths = np.linalg.norm(scores, axis=1, keepdims=True)
    unit: np.ndarray = (scores / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit
