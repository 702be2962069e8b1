"""Prepared images with their labels, split by split."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import pandas as pd

from radbank.errors import RadbankError


class ImageStack(Protocol):
    """A stack of prepared images that is read as it is sliced: an array, an h5py data set, ..."""

    def __len__(self) -> int:
        """Return the number of images."""
        ...

    def __getitem__(self, rows: slice, /) -> np.ndarray:
        """Return images, uint8 of shape (n, height, width)."""
        ...


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Some of the prepared images, with their labels.

    Attributes
    ----------
    pixels
        All prepared images.
    rows
        ndarray of int, shape (n_images,): which of them.
    labels
        ndarray of int64, shape (n_images,): the class of each of `rows`.
    """

    pixels: ImageStack
    rows: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, chosen: slice | np.ndarray) -> np.ndarray:
        """Return the pixels at some positions here, uint8 of shape (n, height, width)."""
        # one by one: an h5py data set takes lists of rows only in ascending order
        return np.concatenate([self.pixels[row : row + 1] for row in self.rows[chosen].tolist()])

    def part(self, positions: slice | np.ndarray) -> Self:
        """Return some of the images."""
        return type(self)(self.pixels, self.rows[positions], self.labels[positions])

    def of_split(self, splits: Sequence[str], split: str, classes: Sequence[str]) -> Self:
        """Return the images of one split.

        Parameters
        ----------
        splits
            The split of each image.
        split
            The one to keep.
        classes
            Names of the classes, for the error.

        Raises
        ------
        RadbankError
            If the split lacks one of the classes.
        """
        part = self.part(np.asarray(splits) == split)
        for label, name in enumerate(classes):
            if label not in part.labels:
                raise RadbankError(
                    f"The {split} split holds no image of class {name!r}, so no network can be "
                    "trained: give more data, or change split or seed in params.yaml."
                )
        return part


def join_splits(ids: Sequence[str], labels: pd.Series, splits: pd.DataFrame) -> pd.DataFrame:
    """Put the prepared images, their labels and their splits side by side.

    Parameters
    ----------
    ids
        One id a prepared image, in the order of the store.
    labels
        Label by id.
    splits
        Columns id, group, split, fold.

    Returns
    -------
    DataFrame
        id, group, label, split, fold and row (position in the store) of the images that are not
        excluded.

    Raises
    ------
    RadbankError
        If the three are not of the same images.
    """
    table = splits.set_index("id")
    if not set(ids) == set(table.index) == set(labels.index):
        raise RadbankError(
            "Prepared images, cases and splits are not of the same images: run `dvc repro` to "
            "bring them together."
        )
    table = table.loc[list(ids)].assign(label=labels.loc[list(ids)], row=np.arange(len(ids)))
    kept = table[table["split"] != "excluded"]
    return kept.rename_axis("id").reset_index()[["id", "group", "label", "split", "fold", "row"]]
