"""Outputs of finetune beside the network: description, validation scores, cost, summary."""

from collections.abc import Mapping
from typing import Any

from features.backbones import LoadedBackbone
from features.embedder import device
from pipeline.artifacts.cases import Cases
from pipeline.artifacts.predictions import Predictions
from pipeline.artifacts.provenance import data_in_words, weights_in_words
from pipeline.artifacts.results import Estimate
from pipeline.artifacts.task import Task
from pipeline.artifacts.trained_model import TrainedModel
from pipeline.evaluation.rule import DecisionRule
from pipeline.evaluation.score import score
from pipeline.evaluation.wording import auc_in_words
from pipeline.finetuning.best import Best
from pipeline.finetuning.network import FineTunedNetwork
from pipeline.finetuning.scoring import BATCH
from pipeline.params import Evaluate, Finetune

IMBALANCE = "not corrected in training: every image weighs the same, as in the seed study"


def describe(
    network: FineTunedNetwork,
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


def metrics_of(
    predictions: Predictions,
    best: Best,
    model: TrainedModel,
    settings: Finetune,
    *,
    image_size: int,
    evaluate: Evaluate,
    seed: int,
) -> dict[str, Any]:
    """Return what metrics/finetune.json holds; `image_size` is the network's, in pixels."""
    return {
        "data": data_in_words(synthetic=model.synthetic),
        "weights": weights_in_words(model.weights_name, random=model.weights_random),
        "validation": validate(predictions, model.threshold, evaluate, seed),
        "chosen": {
            "epoch": best.epoch.number,
            "of_epochs": settings.epochs,
            "image_size": image_size,
        },
        "imbalance": IMBALANCE,
    }


def cost_of(seconds: float, seen: int) -> dict[str, Any]:
    """Return what training took; an image counts once an epoch (`seen`)."""
    return {
        "seconds": seconds,
        "images": seen,
        "images_per_second": seen / seconds,
        "device": device().type,
    }


def validate(
    predictions: Predictions, threshold: float | None, settings: Evaluate, seed: int
) -> dict[str, Any]:
    """Score the validation split with patient-level intervals."""
    part = predictions.of_split("validation")
    return score(
        part.frame["label"],
        part.probabilities(),
        part.frame["group"],
        task=Task.of(predictions.classes),
        threshold=threshold,
        n_bootstrap=settings.bootstrap,
        confidence=settings.confidence,
        seed=seed,
    )


def summary(model: TrainedModel, metrics: Mapping[str, Any], seconds: float) -> str:
    """Say in three lines what was trained and how it does on validation."""
    chosen, validation = metrics["chosen"], metrics["validation"]
    return (
        f"fine-tuned {model.backbone}, weights at the start: {metrics['weights']}; "
        f"data: {metrics['data']}\n"
        f"trained on {model.n_train:,} images of {chosen['image_size']} pixels in {seconds:.1f} s; "
        f"epoch {chosen['epoch']} of {chosen['of_epochs']} is the best\n"
        f"validation {auc_in_words(model.classes, Estimate(**validation['auc']))}, "
        f"{validation['n']:,} images of {validation['n_patients']:,} patients; "
        f"{DecisionRule(model.threshold).in_words}"
    )
