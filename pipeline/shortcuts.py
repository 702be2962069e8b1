"""Stage shortcuts: ask whether the embeddings tell what a head should not need to know."""

import numpy as np
import pandas as pd
import xarray as xr

from features.store import open_store
from pipeline import paths
from pipeline.cases import read_cases
from pipeline.evaluation.heading import data_in_words, weights_in_words
from pipeline.evaluation.shortcut import METHOD, Images, probe
from pipeline.params import load_params
from pipeline.partition import read_splits
from pipeline.stage import run
from radbank.errors import RadbankError
from radbank.files import write_json


def main() -> None:
    """Probe the training split's embeddings; write metrics/shortcuts.json."""
    params = load_params()
    path = paths.feature_store(params.backbone)
    with open_store(path) as store:
        images = training_images(store, read_splits(paths.SPLITS))
        attributes = store.attrs
    found = probe(
        images,
        read_cases(paths.CASES).frame,
        minimum=params.evaluate.minimum_group,
        confidence=params.evaluate.confidence,
        seed=params.seed,
    )
    weights = weights_in_words(attributes["weights"], random=bool(attributes["weights_random"]))
    write_json(
        paths.SHORTCUTS,
        {
            "data": data_in_words(synthetic=bool(attributes["synthetic"])),
            "backbone": attributes["backbone"],
            "weights": weights,
            "method": METHOD,
            "confidence": params.evaluate.confidence,
            "minimum_patients": params.evaluate.minimum_group,
            "probes": found,
        },
    )
    print(f"{attributes['backbone']}, weights: {weights}; how well the embeddings tell:")
    for each in found:
        auc = each["auc"]
        said = (
            "too few patients"
            if auc["value"] is None
            else f"AUC {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})"
        )
        print(f"  {each['column']} {each['value']}: {said}")


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


if __name__ == "__main__":
    run(main)
