"""The training images that the stage shortcuts probes."""

import numpy as np
import pandas as pd
import xarray as xr

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
    ids = pd.Series(store["id"].to_numpy().astype(object))
    table = splits.set_index("id").reindex(ids)
    if table["split"].isna().any():
        raise RadbankError(
            f"{paths.SPLITS} lacks images of the feature store: run `dvc repro` to bring them "
            "together."
        )
    inside = (table["split"] == "train").to_numpy()
    return Images(
        embeddings=store["embedding"][:, 0].to_numpy()[inside],
        labels=store["label"].to_numpy()[inside].astype(np.int64),
        groups=table["group"].to_numpy(object)[inside],
        ids=ids[inside],
    )
