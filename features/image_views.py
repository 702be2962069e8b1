"""Prepared images, the augmented views of each, and their cache keys."""

import hashlib
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from features.bank.block import SIZE
from features.bank.keys import embedding_key
from features.views import augment
from radbank.errors import RadbankError


class Pixels(Protocol):
    """Images that can be read a slice at a time: an array, or a dataset in an HDF5 file."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(number of images, height, width)."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice, /) -> np.ndarray: ...


class ImageView(NamedTuple):
    """One view of one image: the row of its pixels, and the view's number (0: plain)."""

    row: int
    view: int


@dataclass(frozen=True, kw_only=True)
class ImageViews:
    """Prepared images in order with their views, for feature extraction.

    Parameters
    ----------
    pixels
        uint8 of shape (n_images, height, width).
    pixel_sha256
        SHA-256 of each image's pixels.
    views
        Augmented views of each image beside the plain one.
    seed
        Of the augmented views.
    """

    pixels: Pixels
    pixel_sha256: Sequence[str]
    views: int
    seed: int

    def __len__(self) -> int:
        return len(self.pixel_sha256)

    def key(self, image_view: ImageView) -> str:
        """Return the cache key of a view's embedding."""
        sha256 = self.pixel_sha256[image_view.row]
        return embedding_key(sha256, image_view.view, self.seed)

    def keys(self, rows: slice) -> list[str]:
        """Return the keys of all views of some images: image by image, the plain view first."""
        return [
            embedding_key(sha256, view, self.seed)
            for sha256 in self.pixel_sha256[rows]
            for view in range(1 + self.views)
        ]

    def lacking(self, known: Container[str]) -> list[ImageView]:
        """Return the cache misses: views whose keys are not known, each once, in bank order."""
        every = (ImageView(row, view) for row in range(len(self)) for view in range(1 + self.views))
        found: dict[str, ImageView] = {}
        for one in every:
            if (key := self.key(one)) not in known:
                found.setdefault(key, one)
        return in_bank_order(found.values())

    def read(self, image_views: Sequence[ImageView]) -> np.ndarray:
        """Return the pixels of image views.

        Returns
        -------
        ndarray of shape (len(image_views), height, width)
            uint8.

        Raises
        ------
        RadbankError
            If the pixels are not those that their SHA-256 was taken of.
        """
        images = np.concatenate(list(self._plain([each.row for each in image_views])))
        for at, (row, view) in enumerate(image_views):
            if hashlib.sha256(images[at].tobytes()).hexdigest() != self.pixel_sha256[row]:
                raise RadbankError(
                    f"The prepared pixels of image {row} are damaged: make data/images.h5 anew "
                    "with `dvc repro --force prepare`."
                )
            if view:
                images[at] = augment(images[at : at + 1], view, self.seed)[0]
        return images

    def _plain(self, rows: Sequence[int]) -> Iterator[np.ndarray]:
        """Read rows of pixels, each run of consecutive rows in one slice."""
        start = 0
        for end in range(1, len(rows) + 1):
            if end == len(rows) or rows[end] != rows[end - 1] + 1:
                yield self.pixels[rows[start] : rows[end - 1] + 1]
                start = end


def in_bank_order(image_views: Iterable[ImageView]) -> list[ImageView]:
    """Return image views so that a block of the bank holds one view of neighbouring images.

    The order depends on nothing else, so runs that compute the same write the same blocks.
    """
    return sorted(image_views, key=lambda each: (each.row // SIZE, each.view, each.row))
