"""Stage finetune: train the whole network end to end, to compare the frozen heads with."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from features import backbones
from features.backbones import LoadedBackbone
from features.embedder import device
from pipeline import paths
from pipeline.cases import Cases, read_cases
from pipeline.evaluation.by_class import auc_in_words, auc_name, decision_in_words, score_by_class
from pipeline.evaluation.heading import data_in_words, weights_in_words
from pipeline.finetuning.best import Best, with_best
from pipeline.finetuning.checkpoint import write_checkpoint
from pipeline.finetuning.curves import log_epoch, open_curves
from pipeline.finetuning.images import LabelledImages, join_splits
from pipeline.finetuning.loop import Epoch, fine_tune
from pipeline.finetuning.network import Network, build_network
from pipeline.finetuning.scoring import BATCH, probabilities
from pipeline.imaging.store import open_images
from pipeline.params import Evaluate, Finetune, load_params
from pipeline.partition import read_splits
from pipeline.predictions import Predictions, write_predictions
from pipeline.stage import run
from pipeline.trained_model import TrainedModel
from radbank.files import write_json
from radbank.memory import keep_large_blocks

MODEL = paths.MODELS / "finetune"
IMBALANCE = "not corrected in training: every image weighs the same, as in the seed study"


def main() -> None:
    """Train; write model, curves, predictions, metrics and cost."""
    keep_large_blocks()
    params = load_params()
    settings, seed = params.finetune, params.seed
    cases = read_cases(paths.CASES)
    backbone = backbones.load(params.backbone, weights=params.weights, seed=seed)
    network = build_network(
        backbone, n_classes=len(cases.classes), image_size=settings.image_size, seed=seed
    ).to(device())
    with open_images(paths.IMAGES) as images:
        labels = cases.frame.set_index("id")["label"]
        table = join_splits(images.ids, labels, read_splits(paths.SPLITS))
        every = LabelledImages(images.pixels, table["row"].to_numpy(), table["label"].to_numpy())
        splits = table["split"].tolist()
        training = every.of_split(splits, "train", cases.classes)
        validation = every.of_split(splits, "validation", cases.classes)
        model = describe(
            network,
            backbone,
            cases,
            image_size=images.size,
            n_train=len(training),
            seed=seed,
        )

        start = time.perf_counter()
        best, model = train(
            network, training, validation, model=model, settings=settings, seed=seed
        )
        seconds = time.perf_counter() - start

        network.load_state_dict(best.state)
        by_image = np.concatenate(list(probabilities(network, every)))

    predictions = Predictions.of_views(table, by_image[..., np.newaxis], model.provenance)
    metrics = {
        "data": data_in_words(synthetic=model.synthetic),
        "weights": weights_in_words(model.weights_name, random=model.weights_random),
        "validation": validate(predictions, model.threshold, params.evaluate, seed),
        "chosen": {
            "epoch": best.epoch.number,
            "of_epochs": settings.epochs,
            "image_size": network.preprocessing.input_size,
        },
        "imbalance": IMBALANCE,
    }
    seen = len(training) * settings.epochs  # an image counts once an epoch
    cost = {
        "seconds": seconds,
        "images": seen,
        "images_per_second": seen / seconds,
        "device": device().type,
    }
    write_predictions(paths.PREDICTIONS / "finetune.csv", predictions)
    write_json(paths.METRICS / "finetune.json", metrics)
    write_json(paths.COST / "finetune.json", cost)
    print(summary(model, metrics, seconds))


def describe(
    network: Network,
    backbone: LoadedBackbone,
    cases: Cases,
    *,
    image_size: int,
    n_train: int,
    seed: int,
) -> TrainedModel:
    """Say what a network is trained on; its threshold is not chosen yet."""
    return TrainedModel(
        kind="finetune",
        name="finetune",
        backbone=backbone.name,
        weights_name=backbone.weights.name,
        weights_sha256=backbone.weights.sha256,
        weights_random=backbone.weights.random,
        preprocessing=network.preprocessing.to_dict(),
        image_size=image_size,
        layers=("penultimate",),
        precision="fp32",
        engine="eager",
        device=network.device.type,
        batch_size=BATCH,
        seed=seed,
        classes=cases.classes,
        threshold=None,
        synthetic=cases.synthetic,
        n_train=n_train,
    )


def train(
    network: Network,
    training: LabelledImages,
    validation: LabelledImages,
    *,
    model: TrainedModel,
    settings: Finetune,
    seed: int,
) -> tuple[Best, TrainedModel]:
    """Train a network, writing its curves each epoch and its best weights now and then.

    Returns
    -------
    best
        The best epoch with its weights.
    model
        What was written beside them: `model` with the threshold of that epoch.
    """
    epochs = fine_tune(network, training, validation, settings=settings, seed=seed)
    with open_curves(paths.CURVES) as live:
        for epoch, best in with_best(epochs, network):
            log_epoch(live, epoch)
            print(progress(epoch, settings.epochs, auc_name(model.classes)))
            if epoch.number % settings.checkpoint_every == 0 or epoch.number == settings.epochs:
                written = write_checkpoint(MODEL, best, model, validation.labels)
    return best, written


def validate(
    predictions: Predictions, threshold: float | None, settings: Evaluate, seed: int
) -> dict[str, Any]:
    """Score the validation split with patient-level intervals."""
    part = predictions.of_split("validation")
    return score_by_class(
        part.frame["label"],
        part.probabilities(),
        part.frame["group"],
        classes=predictions.classes,
        threshold=threshold,
        n_bootstrap=settings.bootstrap,
        confidence=settings.confidence,
        seed=seed,
    )


def progress(epoch: Epoch, epochs: int, auc: str) -> str:
    """Say in a line what an epoch came to; `auc` is what the AUC is called."""
    return (
        f"epoch {epoch.number}/{epochs}: loss {epoch.loss:.4f}, validation loss "
        f"{epoch.validation_loss:.4f}, validation {auc} {epoch.validation_auc:.4f}, learning rate "
        f"{epoch.learning_rate:.2e}"
    )


def summary(model: TrainedModel, metrics: Mapping[str, Any], seconds: float) -> str:
    """Say in three lines what was trained and how it does on validation."""
    chosen, validation = metrics["chosen"], metrics["validation"]
    return (
        f"fine-tuned {model.backbone}, weights at the start: {metrics['weights']}; "
        f"data: {metrics['data']}\n"
        f"trained on {model.n_train:,} images of {chosen['image_size']} pixels in {seconds:.1f} s; "
        f"epoch {chosen['epoch']} of {chosen['of_epochs']} is the best\n"
        f"validation {auc_in_words(model.classes, validation['auc'])}, "
        f"{validation['n']:,} images of {validation['n_patients']:,} patients; "
        f"{decision_in_words(model.threshold)}"
    )


if __name__ == "__main__":
    run(main)
