"""Stage train: fit one cheap head on the cached embeddings."""

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from features.store import open_store
from heads import HEADS, get_head
from heads.base import Examples, Head
from pipeline import paths
from pipeline.classes import two_classes
from pipeline.evaluation import score, youden_threshold
from pipeline.evaluation.heading import data_in_words, weights_in_words
from pipeline.params import Evaluate, load_params
from pipeline.partition import read_splits
from pipeline.predictions import Predictions, write_predictions
from pipeline.stage import run
from pipeline.trained_model import TrainedModel
from radbank.errors import RadbankError
from radbank.files import atomic_path, write_json


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the head that the command line names; write model, predictions, metrics and cost."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description=__doc__)
    parser.add_argument("head", help=f"one of {', '.join(HEADS)}")
    name = parser.parse_args(arguments).head
    kind, params = get_head(name), load_params()
    head = kind(**getattr(params.heads, name).model_dump(), seed=params.seed)

    path = paths.feature_store(params.backbone)
    with open_store(path) as store:
        cases, examples = join_splits(store, read_splits(paths.SPLITS), path)
        attributes = store.attrs
    in_split = {split: (cases["split"] == split).to_numpy() for split in ("train", "validation")}
    train, validation = (examples.take(rows) for rows in in_split.values())
    for split, part in (("train", train), ("validation", validation)):
        _require_both_classes(split, part, two_classes(attributes["classes"]))

    start = time.perf_counter()
    head.fit(train, validation)
    seconds = time.perf_counter() - start

    by_view = probabilities(head, examples)
    on_validation = by_view[in_split["validation"], 0]
    threshold = youden_threshold(validation.labels, on_validation)
    model = describe(head, attributes, threshold=threshold, n_train=len(train))
    metrics = {
        "data": data_in_words(synthetic=model.synthetic),
        "weights": weights_in_words(model.weights_name, random=model.weights_random),
        "validation": validate(validation, on_validation, threshold, params.evaluate, params.seed),
        "chosen": head.chosen(),
        "imbalance": head.imbalance,
    }
    cost = {
        "seconds": seconds,
        "images": len(train),
        "images_per_second": len(train) / seconds,
        "device": "cpu",
    }

    with atomic_path(paths.head_model(name)) as folder:
        folder.mkdir()
        head.save(folder)
        model.write(folder)
    write_predictions(
        paths.PREDICTIONS / f"{name}.csv", Predictions.of_views(cases, by_view, model.provenance)
    )
    write_json(paths.METRICS / "heads" / f"{name}.json", metrics)
    write_json(paths.COST / f"train_{name}.json", cost)
    print(summary(model, metrics, seconds))


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
            f"{path} and {paths.SPLITS} are not of the same images: run `dvc repro` to bring "
            "them together."
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


def probabilities(head: Head, examples: Examples) -> NDArray[np.float64]:
    """Return the positive class's probability for each view, shape (n_images, n_views)."""
    n_views = examples.embeddings.shape[1]
    return np.column_stack(
        [head.predict_proba(examples.embeddings[:, view])[:, 1] for view in range(n_views)]
    )


def describe(
    head: Head, attributes: Mapping[str, Any], *, threshold: float, n_train: int
) -> TrainedModel:
    """Say what a head was trained on, from the attributes of its feature store."""
    return TrainedModel(
        kind="head",
        name=head.name,
        backbone=attributes["backbone"],
        weights_name=attributes["weights"],
        weights_sha256=attributes["weights_sha256"],
        weights_random=bool(attributes["weights_random"]),
        preprocessing=dict(attributes["preprocessing"]),
        image_size=int(attributes["image_size"]),
        layers=tuple(attributes["layers"]),
        precision=attributes["precision"],
        engine=attributes["engine"],
        batch_size=int(attributes["batch_size"]),
        seed=int(attributes["views_seed"]),
        classes=two_classes(attributes["classes"]),
        threshold=threshold,
        synthetic=bool(attributes["synthetic"]),
        n_train=n_train,
    )


def validate(
    validation: Examples,
    probability: NDArray[np.float64],
    threshold: float,
    settings: Evaluate,
    seed: int,
) -> dict[str, Any]:
    """Score the validation split with patient-level intervals."""
    return score(
        validation.labels,
        probability,
        validation.groups,
        threshold=threshold,
        n_bootstrap=settings.bootstrap,
        confidence=settings.confidence,
        seed=seed,
    )


def summary(model: TrainedModel, metrics: Mapping[str, Any], seconds: float) -> str:
    """Say in three lines what was trained and how it does on validation."""
    chosen = ", ".join(
        f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
        for key, value in metrics["chosen"].items()
    )
    validation = metrics["validation"]
    auc = validation["auc"]
    return (
        f"{model.name} on {model.backbone}, weights: {metrics['weights']}; "
        f"data: {metrics['data']}\n"
        f"fitted on {model.n_train:,} images in {seconds:.1f} s: {chosen}\n"
        f"validation AUC {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f}), "
        f"{validation['n']:,} images of {validation['n_patients']:,} patients; "
        f"threshold {model.threshold:.3f}"
    )


def _require_both_classes(split: str, examples: Examples, classes: Sequence[str]) -> None:
    for label, name in enumerate(classes):
        if not (examples.labels == label).any():
            raise RadbankError(
                f"The {split} split holds no image of class {name!r}, so no head can be trained: "
                "give more data, or change split or seed in params.yaml."
            )


if __name__ == "__main__":
    run(main)
