"""Write the outputs of a trained arm: model, predictions, curves, scores on validation, cost."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from features.backbones import LoadedBackbone
from heads.class_weights import ClassWeight, describe_class_weight
from pipeline import paths
from pipeline.artifacts.conditions import Conditions, class_weight_in_words
from pipeline.artifacts.cost import Cost, write_cost
from pipeline.artifacts.predictions import Predictions, write_predictions
from pipeline.artifacts.provenance import data_in_words, weights_in_words
from pipeline.artifacts.results import Estimate
from pipeline.artifacts.task import Task
from pipeline.artifacts.trained_model import TrainedModel
from pipeline.evaluation.rule import DecisionRule, threshold_for
from pipeline.evaluation.score import score
from pipeline.evaluation.wording import auc_in_words
from pipeline.finetuning.arms.base import Arm
from pipeline.finetuning.cohort import ImageCohort
from pipeline.finetuning.curves import write_curves
from pipeline.finetuning.fit import Fitted
from pipeline.finetuning.network import save_weights
from pipeline.finetuning.scoring import BATCH
from pipeline.params import Evaluate
from radbank.files import atomic_path, write_json


def write_outputs(
    fitted: Fitted,
    arm: Arm,
    cohort: ImageCohort,
    backbone: LoadedBackbone,
    *,
    imbalance: ClassWeight,
    evaluate: Evaluate,
    cost: Cost,
) -> str:
    """Write what the stage promises; return three lines on what was trained and how it does.

    Parameters
    ----------
    fitted
        The trained arm.
    arm, cohort, backbone
        What was trained, on what.
    imbalance
        Class weights of the training.
    evaluate
        How validation is scored.
    cost
        What it cost.
    """
    name, reported = arm.name, fitted.trainings[0]
    model = describe(fitted, arm, cohort, backbone)
    with atomic_path(paths.model(name)) as folder:
        folder.mkdir(parents=True)
        save_weights(fitted.network.state_dict(), folder)
        model.write(folder)
    first, *others = fitted.probabilities
    conditions = Conditions(
        input_size=fitted.network.preprocessing.input_size,
        class_weight=class_weight_in_words(imbalance),
        augmentation="altered anew each epoch",
        configurations=len(arm.learning_rate),
        networks=1,
    )
    provenance = {**model.provenance, "conditions": conditions.model_dump()}
    predictions = Predictions.of_views(
        cohort.table, first[..., np.newaxis], provenance, other_seeds=others
    )
    metrics = {
        "data": data_in_words(synthetic=model.synthetic),
        "weights": weights_in_words(model.weights_name, random=model.weights_random),
        "validation": validate(predictions, model.threshold, evaluate, reported.seed),
        "chosen": {
            "epoch": reported.best.epoch.number,
            "of_epochs": len(reported.history),
            "learning_rate": reported.learning_rate,
            "of_learning_rates": len(arm.learning_rate),
            "image_size": fitted.network.preprocessing.input_size,
            "precision": fitted.precision.name,
            "auxiliary_loss": (
                arm.recipe(reported.learning_rate).auxiliary_loss
                if fitted.network.auxiliary
                else None
            ),
        },
        "trainings": len(fitted.trainings),
        "imbalance": describe_class_weight(imbalance),
    }
    write_curves(paths.curves(name), reported.history)
    write_predictions(paths.predictions(name), predictions)
    write_json(paths.metrics(name), metrics)
    write_cost(paths.cost(name), cost)
    return summary(model, metrics, cost)


def describe(
    fitted: Fitted, arm: Arm, cohort: ImageCohort, backbone: LoadedBackbone
) -> TrainedModel:
    """Say what the reported network was trained on, with its threshold from validation."""
    reported, network = fitted.trainings[0], fitted.network
    is_validation = (cohort.table["split"] == "validation").to_numpy()
    return TrainedModel(
        kind="finetune",
        name=arm.name,
        backbone=backbone.name,
        weights_name=backbone.weights.name,
        weights_sha256=backbone.weights.sha256,
        weights_random=backbone.weights.random,
        preprocessing=network.preprocessing.to_dict(),
        image_size=cohort.store.size,
        layers=("penultimate",),
        precision="fp32",
        engine="eager",
        device=network.device.type,
        batch_size=BATCH,
        seed=reported.seed,
        classes=cohort.cases.classes,
        threshold=threshold_for(
            cohort.every.labels[is_validation], fitted.probabilities[0][is_validation]
        ),
        synthetic=cohort.cases.synthetic,
        n_train=len(cohort.of_split("train")),
    )


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


def summary(model: TrainedModel, metrics: Mapping[str, Any], cost: Cost) -> str:
    """Say in three lines what was trained and how it does on validation."""
    took = "" if cost.to_train.seconds is None else f" in {cost.to_train.seconds:.1f} s"
    chosen, validation = metrics["chosen"], metrics["validation"]
    trainings = metrics["trainings"]
    return (
        f"{model.name}: {model.backbone} fine-tuned, weights at the start: {metrics['weights']}; "
        f"data: {metrics['data']}\n"
        f"trained on {model.n_train:,} images of {chosen['image_size']} pixels{took}, "
        f"and from {trainings} {'seed' if trainings == 1 else 'seeds'}; of the first, epoch "
        f"{chosen['epoch']} of {chosen['of_epochs']} is the best\n"
        f"validation {auc_in_words(model.classes, Estimate(**validation['auc']))}, "
        f"{validation['n']:,} images of {validation['n_patients']:,} patients; "
        f"{DecisionRule(model.threshold).in_words}"
    )
