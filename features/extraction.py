"""From prepared images to embeddings: into the bank, out of it, or past it."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from features.bank.block import SIZE
from features.bank.shelf import Shelf
from features.cohort import Cohort, ImageView, Pixels, in_bank_order
from features.feeding import WAITING
from features.store import SHARD
from features.views import augment
from radbank.errors import RadbankError

if TYPE_CHECKING:  # torch takes seconds to import, which a run that computes nothing need not
    from features.embedder import Embedder

_ATTEMPTS = 3  # at computing again what the bank lost


def deposit(
    image_views: Sequence[ImageView], cohort: Cohort, embedder: "Embedder", shelf: Shelf
) -> Iterator[int]:
    """Embed image views and keep them in the bank, a block as soon as it is full.

    Batches run on across the ends of blocks, so that reading, the network and the bank's disk
    overlap throughout. Blocks of more than one are so much shorter than the 128 that they may
    hold that, with the batches embedded meanwhile, no more than 128 embeddings are lost if the
    process dies (more only where a batch is larger than 42).

    Parameters
    ----------
    image_views
        What to embed, in the order of the blocks.
    cohort
        Whose images they are.
    embedder
        What embeds them.
    shelf
        Where they are kept.

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
        cohort.read(image_views[start : start + step]) for start in range(0, len(image_views), step)
    )
    full = SIZE if len(image_views) <= SIZE else _full(step)
    held = np.empty((0, 0), np.float32)
    kept = 0
    for embeddings in embedder(batches):
        held = np.concatenate([held, embeddings]) if len(held) else embeddings
        while len(held) >= full or (held.size and kept + len(held) == len(image_views)):
            block, held = held[:full], held[full:]
            of = image_views[kept : kept + len(block)]
            _require_finite(block, of)
            shelf.put([cohort.key(each) for each in of], block)
            kept += len(block)
        yield len(embeddings)


def _full(batch_size: int) -> int:
    """Return at how many embeddings a block is closed: whole batches, if any fit."""
    room = SIZE - WAITING * batch_size
    return min(max(room - room % batch_size, batch_size), SIZE)


def withdraw(
    cohort: Cohort,
    shelf: Shelf,
    *,
    n_features: int,
    compute: Callable[[Sequence[ImageView]], None],
) -> Iterator[np.ndarray]:
    """Yield the embeddings of a cohort out of the bank, in order.

    Parameters
    ----------
    cohort
        Which images and views.
    shelf
        Where they are kept.
    n_features
        Width of an embedding.
    compute
        Called with image views that the bank turns out not to have, because a block was damaged
        or pruned; brings them into `shelf`.

    Yields
    ------
    ndarray of shape (n, 1 + views, n_features)
        float32; n is what a shard of the feature store holds, less in the last. View 0 is the
        plain image.

    Raises
    ------
    RadbankError
        If the bank keeps losing what is put into it.
    """
    n_views = 1 + cohort.views
    for start in range(0, len(cohort), SHARD):
        keys = cohort.keys(slice(start, start + SHARD))
        rows = np.empty((len(keys), n_features), np.float32)
        for _ in range(_ATTEMPTS):
            lacking = shelf.fill(keys, rows)
            if not lacking:
                break
            once = {keys[at]: ImageView(start + at // n_views, at % n_views) for at in lacking}
            compute(in_bank_order(once.values()))
        else:
            raise RadbankError(
                f"Embeddings put into the bank are damaged when read back, {_ATTEMPTS} times: "
                "check the disk, or set RADBANK_BANK to another place."
            )
        yield rows.reshape(-1, n_views, n_features)


def extract(pixels: Pixels, embedder: "Embedder", *, views: int, seed: int) -> Iterator[np.ndarray]:
    """Yield the embeddings of images that no bank is asked for.

    Parameters
    ----------
    pixels
        uint8 of shape (n_images, height, width).
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
    """Keep what no store can hold out of the bank too."""
    finite = np.isfinite(embeddings).all(axis=1)
    if not finite.all():
        raise RadbankError(
            f"The embedding of image {of[int(np.argmin(finite))].row} (the first is 0) is not "
            "finite: set features.precision to fp32, or use other weights."
        )
