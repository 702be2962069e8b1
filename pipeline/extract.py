"""Stage extract: run the frozen backbone once over the images."""

import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import pandas as pd

from features import backbones
from features.backbones import LoadedBackbone
from features.embedder import Embedder, device
from features.extraction import extract
from features.fidelity import SAMPLE, require_fidelity
from features.layers import layer_of_feature
from features.store import StoreCoords, write_store
from pipeline.cases import Cases, read_cases
from pipeline.evaluation.heading import data_in_words, weights_in_words
from pipeline.imaging.store import PreparedImages, open_images
from pipeline.params import Params, load_params
from pipeline.partition import read_splits
from pipeline.paths import CASES, COST, IMAGES, SPLITS, feature_store
from pipeline.stage import run
from radbank import __version__
from radbank.errors import RadbankError
from radbank.files import write_json
from radbank.memory import keep_large_blocks
from radbank.progress import track

LIBRARIES = ("torch", "torchvision", "timm", "numpy", "pillow", "zarr")


def main() -> None:
    """Read images and splits; write the feature store and what it cost."""
    keep_large_blocks()
    params = load_params()
    settings = params.features
    where = device()
    start = time.perf_counter()
    backbone = backbones.load(params.backbone, weights=params.weights, seed=params.seed)
    cases, splits = read_cases(CASES), read_splits(SPLITS)
    with open_images(IMAGES) as images:
        coords = join(cases, splits, images.ids)
        n_images = len(images.ids)
        embedder = Embedder(
            backbone,
            layers=settings.layers,
            engine=settings.engine,
            precision=settings.precision,
            batch_size=settings.batch_size,
            device=where,
            n_images=n_images * (1 + settings.views),
        )
        require_fidelity(embedder, backbone, images.pixels[:SAMPLE])
        blocks = extract(
            images.pixels, images.ids, embedder, views=settings.views, seed=params.seed
        )
        shown = track(blocks, "Embedding", total=n_images, step=embedder.batch_size)
        write_store(
            feature_store(params.backbone),
            shown,
            n_images=n_images,
            n_views=1 + settings.views,
            layer_of_feature=layer_of_feature(backbone, settings.layers),
            coords=coords,
            attributes=provenance(params, backbone, images, cases, embedder),
        )
    seconds = time.perf_counter() - start
    cost = {
        "seconds": seconds,
        "images": n_images,
        "images_per_second": n_images / seconds,
        "device": where.type,
    }
    write_json(COST / "extract.json", cost)
    print(summary(params, backbone, cases, embedder, cost))


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


def provenance(
    params: Params,
    backbone: LoadedBackbone,
    images: PreparedImages,
    cases: Cases,
    embedder: Embedder,
) -> dict[str, Any]:
    """Return the attributes of the store: all that decides its numbers, and nothing else."""
    synthetic = images.synthetic or cases.synthetic
    return {
        "radbank_version": __version__,
        "data": data_in_words(synthetic=synthetic),
        "synthetic": synthetic,
        "classes": list(cases.classes),
        "image_size": images.size,
        "backbone": backbone.name,
        "weights": backbone.weights.name,
        "weights_sha256": backbone.weights.sha256,
        "weights_random": backbone.weights.random,
        "preprocessing": backbone.preprocessing.to_dict(),
        "layers": list(params.features.layers),
        "precision": embedder.computation.precision,
        "engine": embedder.computation.engine,
        "device": embedder.computation.device,
        "batch_size": embedder.computation.batch_size,
        "fidelity": embedder.fidelity,
        "views_seed": params.seed,
        "library_versions": {library: version(library) for library in LIBRARIES},
    }


def summary(
    params: Params,
    backbone: LoadedBackbone,
    cases: Cases,
    embedder: Embedder,
    cost: dict[str, Any],
) -> str:
    """Say in three lines what was embedded, how fast and how."""
    weights = weights_in_words(backbone.weights.name, random=backbone.weights.random)
    return (
        f"{backbone.name}, weights: {weights}; data: {data_in_words(synthetic=cases.synthetic)}\n"
        f"{cost['images']:,} images in {1 + params.features.views} views, "
        f"{cost['seconds']:.1f} s: {cost['images_per_second']:.1f} images/s on {cost['device']}\n"
        f"engine {embedder.choice}; mean cosine to eager fp32 {embedder.fidelity:.6f}"
    )


if __name__ == "__main__":
    run(main)
