"""Outputs of extract: the feature store with its provenance."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import pandas as pd

from features.store.store import StoreCoords, write_store
from pipeline.artifacts.cases import Cases
from pipeline.artifacts.cost import Cost
from pipeline.artifacts.images import PreparedImages
from pipeline.artifacts.provenance import data_in_words, weights_in_words
from pipeline.extraction.embeddings import Embeddings
from pipeline.params import Params
from pipeline.paths import CASES, IMAGES, SPLITS, feature_store
from radbank import __version__
from radbank.errors import RadbankError


def join(cases: Cases, splits: pd.DataFrame, ids: Sequence[str]) -> StoreCoords:
    """Return the coordinates of images in their order.

    Raises
    ------
    RadbankError
        If cases, splits and images are not of the same ids.
    """
    for name, table in ((CASES, cases.frame), (SPLITS, splits)):
        if set(table["id"]) != set(ids):
            raise RadbankError(
                f"{name} and {IMAGES} are not of the same images: run `dvc repro` to bring them "
                "together."
            )
    labels = cases.frame.set_index("id")["label"].loc[list(ids)]
    rows = splits.set_index("id").loc[list(ids)]
    return StoreCoords(
        id=list(ids),
        group=rows["group"].tolist(),
        label=labels.tolist(),
        split=rows["split"].tolist(),
    )


def write(
    params: Params,
    embeddings: Embeddings,
    cases: Cases,
    images: PreparedImages,
    coords: StoreCoords,
) -> None:
    """Write the feature store from the bank."""
    write_store(
        feature_store(params.backbone),
        embeddings.blocks(),
        n_images=len(images.ids),
        n_views=1 + params.features.views,
        layer_of_feature=embeddings.layer_of_feature,
        coords=coords,
        attributes=provenance(params, embeddings, images, cases),
    )


def provenance(
    params: Params, embeddings: Embeddings, images: PreparedImages, cases: Cases
) -> dict[str, Any]:
    """Return the attributes of the store: all that decides its numbers, and nothing else."""
    synthetic = images.synthetic or cases.synthetic
    identity, computation = embeddings.identity, embeddings.computation
    return {
        "radbank_version": __version__,
        "data": data_in_words(synthetic=synthetic),
        "synthetic": synthetic,
        "classes": list(cases.classes),
        "image_size": images.size,
        "backbone": identity.backbone,
        "weights": identity.weights.name,
        "weights_sha256": identity.weights.sha256,
        "weights_random": identity.weights.random,
        "preprocessing": identity.preprocessing.to_dict(),
        "layers": list(computation.layers),
        "precision": computation.precision,
        "engine": computation.engine,
        "device": computation.device,
        "batch_size": computation.batch_size,
        "fidelity": embeddings.fidelity,
        "views_seed": params.seed,
        "library_versions": {**embeddings.libraries, "zarr": version("zarr")},
    }


def summary(params: Params, embeddings: Embeddings, cases: Cases, cost: Cost) -> str:
    """Say in four lines what was embedded, how, how fast, and what the bank spared."""
    identity = embeddings.identity
    weights = weights_in_words(identity.weights.name, random=identity.weights.random)
    spent, n_images = sum(embeddings.times.seconds.values()), len(embeddings.wanted)
    shown = f"{n_images:,} images in {1 + params.features.views} views"
    rate = f": {embeddings.computed / spent:.1f} views/s on {cost.device}" if spent else ""
    return (
        f"{identity.backbone}, weights: {weights}; "
        f"data: {data_in_words(synthetic=cases.synthetic)}\n"
        f"{shown}, embedded in {spent:.1f} s{rate}; all else took {cost.other_seconds:.1f} s\n"
        f"engine {embeddings.choice}; mean cosine to eager fp32 {embeddings.fidelity:.6f}\n"
        f"{embeddings.computed:,} embeddings computed, "
        f"{len(embeddings) - embeddings.computed:,} from the bank"
    )
