"""Embed prepared images: write to the bank, read from it, or do without it.

Activations, which an embedder of a cut network gives instead of embeddings, are written alike and
read by :mod:`features.bank.rows`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from features.bank.block import SIZE
from features.bank.cached_embeddings import CachedEmbeddings
from features.image_views import ImageView, ImageViews, Pixels, in_bank_order
from features.prefetch import PREFETCHED
from features.store.store import SHARD
from features.views import augment
from radbank.errors import RadbankError

if TYPE_CHECKING:  # torch takes seconds to import, which a run that computes nothing need not
    from features.embedder import Embedder

ATTEMPTS = 3  # times that embeddings which the bank lost are computed again
_BLOCK = 2**27  # bytes of float32 that a block has at most; embeddings never come near


def embed_into_bank(
    image_views: Sequence[ImageView],
    wanted: ImageViews,
    embedder: "Embedder",
    cached: CachedEmbeddings,
) -> Iterator[int]:
    """Embed image views and write them to the bank, a block as soon as it is full.

    Batches are prefetched across the ends of blocks, so that reading, the network and the bank's
    disk overlap throughout. A run with several blocks closes each early, so that a crash loses at
    most 128 embeddings, batches in flight included (more only where a batch exceeds 42 images).

    Parameters
    ----------
    image_views
        What to embed, in the order of the blocks.
    wanted
        The images that the views are of.
    embedder
        Computes the embeddings.
    cached
        Receives them.

    Yields
    ------
    int
        How many were embedded since the last.

    Raises
    ------
    RadbankError
        If an embedding is not finite, the prepared pixels are damaged, or the bank is full.
    """
    step = embedder.batch_size
    batches = (
        wanted.read(image_views[start : start + step]) for start in range(0, len(image_views), step)
    )
    full = SIZE if len(image_views) <= SIZE else _full(step)
    held = np.empty((0, 0), np.float32)
    kept = 0
    for embeddings in embedder(batches):
        full = min(full, max(_BLOCK // embeddings[0].nbytes, 1))
        held = np.concatenate([held, embeddings]) if len(held) else embeddings
        while len(held) >= full or (held.size and kept + len(held) == len(image_views)):
            block, held = held[:full], held[full:]
            of = image_views[kept : kept + len(block)]
            _require_finite(block, of)
            cached.put([wanted.key(each) for each in of], block)
            kept += len(block)
        yield len(embeddings)


def _full(batch_size: int) -> int:
    """Return the size of a full block in embeddings: a multiple of the batch size, if one fits."""
    room = SIZE - PREFETCHED * batch_size
    return min(max(room - room % batch_size, batch_size), SIZE)


def read_from_bank(
    wanted: ImageViews,
    cached: CachedEmbeddings,
    *,
    n_features: int,
    compute: Callable[[Sequence[ImageView]], None],
) -> Iterator[np.ndarray]:
    """Read the embeddings of images and their views from the bank, in order.

    Parameters
    ----------
    wanted
        The images and views to read.
    cached
        Holds their embeddings.
    n_features
        Width of an embedding.
    compute
        Called on a cache miss (a block was damaged or pruned) with the image views to compute;
        adds them to `cached`.

    Yields
    ------
    ndarray of shape (n, 1 + views, n_features)
        float32; n is what a shard of the feature store holds, less in the last. View 0 is the
        plain image.

    Raises
    ------
    RadbankError
        If embeddings are damaged again and again when read back.
    """
    n_views = 1 + wanted.views
    for start in range(0, len(wanted), SHARD):
        keys = wanted.keys(slice(start, start + SHARD))
        rows = np.empty((len(keys), n_features), np.float32)
        for _ in range(ATTEMPTS):
            lacking = cached.fill(keys, rows)
            if not lacking:
                break
            once = {keys[at]: ImageView(start + at // n_views, at % n_views) for at in lacking}
            compute(in_bank_order(once.values()))
        else:
            raise RadbankError(
                f"Embeddings put into the bank are damaged when read back, {ATTEMPTS} times: "
                "check the disk, or set RADBANK_BANK to another place."
            )
        yield rows.reshape(-1, n_views, n_features)


def extract(pixels: Pixels, embedder: "Embedder", *, views: int, seed: int) -> Iterator[np.ndarray]:
    """Embed images without the bank, with views for test-time augmentation.

    Parameters
    ----------
    pixels
        uint8 of shape (n_images, height, width).
    embedder
        Embeds a batch.
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
        for start in range(0, pixels.shape[0], embedder.batch_size):
            plain = pixels[start : start + embedder.batch_size]
            yield plain
            for view in range(1, views + 1):
                yield augment(plain, view, seed)

    embeddings = embedder(batches())
    for first in embeddings:
        others = (next(embeddings) for _ in range(views))
        yield np.stack([first, *others], axis=1)


def _require_finite(embeddings: np.ndarray, of: Sequence[ImageView]) -> None:
    """Refuse embeddings that are not finite, which a feature store cannot hold."""
    finite = np.isfinite(embeddings).reshape(len(embeddings), -1).all(axis=1)
    if not finite.all():
        raise RadbankError(
            f"The embedding of image {of[int(np.argmin(finite))].row} (the first is 0) is not "
            "finite: set features.precision to fp32, or use other weights."
        )
