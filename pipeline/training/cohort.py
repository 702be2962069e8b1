"""Embeddings of the feature store joined with labels and splits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from features.store.store import open_store
from heads.examples import Examples
from pipeline import paths
from pipeline.artifacts.splits import read_splits
from radbank.errors import RadbankError


@dataclass(frozen=True, eq=False)
class LabelledEmbeddings:
    """The embeddings of all images but the excluded.

    Attributes
    ----------
    cases : DataFrame
        id, group, label and split of each image.
    examples : Examples
        The same images in the same order.
    attributes
        Provenance of the feature store.
    layers
        The layer that each feature comes from.
    """

    cases: pd.DataFrame
    examples: Examples
    attributes: Mapping[str, Any]
    layers: tuple[str, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """Names by label."""
        return tuple(self.attributes["classes"])

    def rows(self, split: str) -> NDArray[np.bool_]:
        """Return which images are in a split."""
        rows: NDArray[np.bool_] = (self.cases["split"] == split).to_numpy()
        return rows

    def part(self, split: str) -> Examples:
        """Return the images of a split.

        Raises
        ------
        RadbankError
            If it lacks a class.
        """
        part = self.examples.take(self.rows(split))
        for label, name in enumerate(self.classes):
            if not (part.labels == label).any():
                raise RadbankError(
                    f"The {split} split holds no image of class {name!r}, so no head can be "
                    "trained: give more data, or change split or seed in params.yaml."
                )
        return part


def read_cohort(backbone: str) -> LabelledEmbeddings:
    """Read a backbone's feature store and data/splits.csv."""
    path = paths.feature_store(backbone)
    with open_store(path) as store:
        cases, examples = join_splits(store, read_splits(paths.SPLITS), path)
        layers = tuple(store["feature_layer"].to_numpy().tolist())
        return LabelledEmbeddings(cases, examples, store.attrs, layers)


def join_splits(
    store: xr.Dataset, splits: pd.DataFrame, path: Path
) -> tuple[pd.DataFrame, Examples]:
    """Put embeddings and splits side by side, without the excluded images.

    Parameters
    ----------
    store
        An open feature store.
    splits
        Columns id, group, split, fold.
    path
        Where the store is, for the error.

    Returns
    -------
    cases : DataFrame
        id, group, label and split of each image, in the order of the store.
    examples : Examples
        The same images.

    Raises
    ------
    RadbankError
        If store and splits are not of the same images.
    """
    ids = store["id"].to_numpy().astype(object)
    table = splits.set_index("id")
    if set(ids) != set(table.index):
        raise RadbankError(
            f"{path} and {paths.SPLITS} are not of the same images: run `dvc repro` to bring them "
            "together."
        )
    table = table.loc[ids].assign(label=store["label"].to_numpy().astype(np.int64))
    kept = (table["split"] != "excluded").to_numpy()
    examples = Examples(
        embeddings=store["embedding"].to_numpy().astype(np.float32, copy=False),
        labels=table["label"].to_numpy(),
        groups=table["group"].to_numpy(object),
        folds=table["fold"].to_numpy(),
    )
    cases = table[kept].rename_axis("id").reset_index()[["id", "group", "label", "split"]]
    return cases, examples.take(kept)


def telltale_features(examples: Examples, layers: Sequence[str]) -> list[str]:
    """Name the features that alone tell a class from the rest without an error.

    Parameters
    ----------
    examples
        Images of every class.
    layers
        The layer that each feature comes from.

    Returns
    -------
    list of str
        None is to be expected of a pretrained network: one that is listed may hold the label, as
        after a leak, or something that stands for it, as a marker burned into one class.
    """
    apart = np.zeros(examples.plain.shape[1], dtype=bool)
    for label in np.unique(examples.labels):
        own = examples.plain[examples.labels == label]
        rest = examples.plain[examples.labels != label]
        apart |= (own.min(axis=0) > rest.max(axis=0)) | (own.max(axis=0) < rest.min(axis=0))
    return [f"feature {column} ({layers[column]})" for column in np.flatnonzero(apart).tolist()]
