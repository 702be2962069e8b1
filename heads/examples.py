"""Labelled embeddings of one split, with patients and cross-validation folds."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Examples:
    """Labelled embeddings of one split.

    Attributes
    ----------
    embeddings : ndarray of shape (n_images, n_views, n_features), float32
        View 0 is the image as it is, views 1 and up are augmented.
    labels : ndarray of shape (n_images,), int64
        Class of each image, from 0.
    groups : ndarray of shape (n_images,), str
        Patient of each image.
    folds : ndarray of shape (n_images,), int64
        Patient-grouped cross-validation fold of each training image, -1 elsewhere.
    """

    embeddings: NDArray[np.float32]
    labels: NDArray[np.int64]
    groups: NDArray[Any]
    folds: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def plain(self) -> NDArray[np.float32]:
        """Embeddings of the unaugmented images, shape (n_images, n_features)."""
        return self.embeddings[:, 0]

    def take(self, rows: NDArray[Any]) -> Self:
        """Return the images that an index or a boolean mask of shape (n_images,) picks."""
        return type(self)(
            embeddings=self.embeddings[rows],
            labels=self.labels[rows],
            groups=self.groups[rows],
            folds=self.folds[rows],
        )

    def views_as_rows(self) -> Self:
        """Return the same embeddings with every view as an image of its own.

        The views of an image keep its label, patient and fold, so folds stay free of leaks.
        """
        n_images, n_views, n_features = self.embeddings.shape
        return type(self)(
            embeddings=self.embeddings.reshape(n_images * n_views, 1, n_features),
            labels=self.labels.repeat(n_views),
            groups=self.groups.repeat(n_views),
            folds=self.folds.repeat(n_views),
        )
