"""The images that the stage shortcuts probes."""

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pipeline import paths
from pipeline.probing.shortcut import Images
from radbank.errors import RadbankError


def training_images(store: xr.Dataset, splits: pd.DataFrame) -> Images:
    """Take the plain views of the training split from an open feature store.

    Raises
    ------
    RadbankError
        If the store holds an image that has no split.
    """
    images, embeddings = used_images(store, splits)
    inside = (images["split"] == "train").to_numpy()
    return Images(
        embeddings=embeddings[inside],
        labels=images["label"].to_numpy()[inside],
        groups=images["group"].to_numpy(object)[inside],
        ids=images["id"][inside].reset_index(drop=True),
    )


def used_images(
    store: xr.Dataset, splits: pd.DataFrame
) -> tuple[pd.DataFrame, NDArray[np.float32]]:
    """Take the plain views of all images but the excluded.

    Returns
    -------
    images : DataFrame
        id, group, label and split, in the order of the store.
    embeddings : ndarray of shape (n_images, n_features)

    Raises
    ------
    RadbankError
        If the store holds an image that has no split.
    """
    ids = pd.Series(store["id"].to_numpy().astype(object))
    table = splits.set_index("id").reindex(ids).rename_axis("id").reset_index()
    if table["split"].isna().any():
        raise RadbankError(
            f"{paths.SPLITS} lacks images of the feature store: run `dvc repro` to bring them "
            "together."
        )
    kept = (table["split"] != "excluded").to_numpy()
    images = table.assign(label=store["label"].to_numpy().astype(np.int64))
    columns = ["id", "group", "label", "split"]
    return images[columns][kept].reset_index(drop=True), store["embedding"][:, 0].to_numpy()[kept]
