"""The images that networks are trained and scored on, joined with labels, splits and folds."""

import hashlib
from dataclasses import dataclass
from typing import Self

import pandas as pd

from pipeline.artifacts.cases import Cases
from pipeline.artifacts.images import PreparedImages
from pipeline.finetuning.images import LabelledImages, join_splits


@dataclass(frozen=True, eq=False)
class ImageCohort:
    """All images but those excluded.

    Attributes
    ----------
    cases
        What is known of them; its classes.
    table
        id, group, label, split, fold and row (position in the store) of each.
    every
        All of them, in the order of `table`.
    store
        The open store of prepared images.
    sha256
        Of their pixels, labels, splits and folds.
    """

    cases: Cases
    table: pd.DataFrame
    every: LabelledImages
    store: PreparedImages
    sha256: str

    @classmethod
    def of(cls, images: PreparedImages, cases: Cases, splits: pd.DataFrame) -> Self:
        """Join an open store with labels and splits.

        Raises
        ------
        RadbankError
            If the three are not of the same images, or the pixels of one are damaged.
        """
        images.check()
        return cls._of(
            join_splits(images.ids, cases.frame.set_index("id")["label"], splits), cases, images
        )

    @classmethod
    def _of(cls, table: pd.DataFrame, cases: Cases, images: PreparedImages) -> Self:
        rows, labels = table["row"].to_numpy(), table["label"].to_numpy()
        pixels = [images.pixel_sha256[row] for row in rows]
        told = table.drop(columns="row").assign(pixels=pixels).to_csv(index=False)
        every = LabelledImages(images.pixels, rows, labels)
        return cls(cases, table, every, images, hashlib.sha256(told.encode()).hexdigest())

    def altered(self, table: pd.DataFrame) -> Self:
        """Return the images of another table: rows of this one, of other labels or splits."""
        return self._of(table.reset_index(drop=True), self.cases, self.store)

    def of_split(self, split: str) -> LabelledImages:
        """Return the images of a split; raise if it lacks one of the classes."""
        return self.every.of_split(self.table["split"].tolist(), split, self.cases.classes)
