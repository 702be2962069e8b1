"""From prepared images to embeddings of all their views, batch by batch and in order."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from features.embedder import Embedder
from features.views import augment


class Pixels(Protocol):
    """Images that can be read a slice at a time: an array, or a dataset in an HDF5 file."""

    shape: tuple[int, ...]

    def __getitem__(self, rows: slice, /) -> np.ndarray: ...


def extract(
    pixels: Pixels, keys: Sequence[str], embedder: Embedder, *, views: int, seed: int
) -> Iterator[np.ndarray]:
    """Yield the embeddings of images.

    Parameters
    ----------
    pixels
        uint8 of shape (n_images, height, width).
    keys
        Names of the images, from which their augmented views are drawn.
    embedder
        What embeds a batch.
    views
        Augmented views of each image beside the plain one.
    seed
        Of the augmented views.

    Yields
    ------
    ndarray of shape (n, 1 + views, n_features)
        float32; n is the embedder's batch size, less in the last block. View 0 is the plain image.
    """

    def batches() -> Iterator[np.ndarray]:
        for start in range(0, len(keys), embedder.batch_size):
            rows = slice(start, start + embedder.batch_size)
            plain = pixels[rows]
            yield plain
            for view in range(1, views + 1):
                yield augment(plain, keys[rows], view, seed)

    embeddings = embedder(batches())
    for first in embeddings:
        others = (next(embeddings) for _ in range(views))
        yield np.stack([first, *others], axis=1)
