"""Write the outputs of a fitted head or ensemble: model, predictions, metrics and cost."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heads.base import Head, pool_views
from heads.ensemble import Ensemble
from heads.examples import Examples
from pipeline import paths
from pipeline.artifacts.conditions import Conditions, class_weight_in_words
from pipeline.artifacts.head_metrics import InnerCV
from pipeline.artifacts.predictions import Predictions, write_predictions
from pipeline.artifacts.provenance import data_in_words, weights_in_words
from pipeline.artifacts.results import Estimate
from pipeline.artifacts.task import Task
from pipeline.artifacts.trained_model import TrainedModel
from pipeline.evaluation.rule import DecisionRule, threshold_for
from pipeline.evaluation.score import score
from pipeline.evaluation.wording import auc_in_words
from pipeline.params import Evaluate
from pipeline.training.cohort import LabelledEmbeddings, telltale_features
from radbank.files import atomic_path, write_json

Fitted: TypeAlias = Head | Ensemble


def write_fitted(
    head: Fitted,
    cohort: LabelledEmbeddings,
    *,
    n_train: int,
    seconds: float,
    evaluate: Evaluate,
    seed: int,
    inner: InnerCV | None = None,
    inner_seconds: float = 0.0,
) -> str:
    """Predict every image, choose the threshold on validation, and write the outputs.

    Parameters
    ----------
    head
        The fitted head or ensemble.
    cohort
        The images.
    n_train
        How many of them it learned from.
    seconds
        How long that took.
    evaluate, seed
        How validation is scored.
    inner, inner_seconds
        How a head does in cross-validation inside training, and how long that took.

    Returns
    -------
    str
        Lines on what was trained, how it does inside training and on validation, and whether a
        feature looks like a leak.
    """
    by_view = head.predict_views(cohort.examples.embeddings)
    rows = cohort.rows("validation")
    validation = cohort.examples.take(rows)
    on_validation = pool_views(by_view[rows], average_views=head.average_views)
    threshold = threshold_for(validation.labels, on_validation)
    model = describe(
        head, cohort.attributes, threshold=threshold, n_train=n_train, n_views=by_view.shape[-1]
    )
    metrics = {
        "data": data_in_words(synthetic=model.synthetic),
        "weights": weights_in_words(model.weights_name, random=model.weights_random),
        "validation": validate(validation, on_validation, model, evaluate, seed),
        "chosen": head.chosen(),
        "imbalance": head.imbalance,
        "telltale_features": telltale_features(
            cohort.examples.take(rows | cohort.rows("train")), cohort.layers
        ),
    }
    if inner is not None:
        metrics["inner_cv"] = inner.model_dump()
    cost = {
        "seconds": seconds,
        "images": n_train,
        "images_per_second": n_train / seconds,
        "device": "cpu",
        **({} if inner is None else {"inner_cv_seconds": inner_seconds}),
    }
    with atomic_path(paths.model(head.name)) as folder:
        folder.mkdir()
        head.save(folder)
        model.write(folder)
    provenance = {**model.provenance, "conditions": conditions(head, model).model_dump()}
    predictions = Predictions.of_views(
        cohort.cases, by_view, provenance, average=head.average_views
    )
    write_predictions(paths.predictions(head.name), predictions)
    write_json(paths.metrics(head.name), metrics)
    write_json(paths.cost(head.name), cost)
    return summary(model, metrics, seconds)


def conditions(head: Fitted, model: TrainedModel) -> Conditions:
    """Say how a head was trained, as far as a fair comparison depends on it."""
    members = head.members.values() if isinstance(head, Ensemble) else [head]
    weights = {class_weight_in_words(getattr(each, "class_weight", None)) for each in members}
    augmented = any(getattr(each, "augment", False) for each in members)
    return Conditions(
        input_size=model.preprocessing["input_size"],
        class_weight=" and ".join(sorted(weights)),
        augmentation="the same altered copies each epoch" if augmented else "none",
        configurations=head.configurations,
        networks=head.networks,
    )


def describe(
    head: Fitted,
    attributes: Mapping[str, Any],
    *,
    threshold: float | None,
    n_train: int,
    n_views: int,
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
        device=attributes["device"],
        batch_size=attributes["batch_size"],
        seed=int(attributes["views_seed"]),
        classes=tuple(attributes["classes"]),
        threshold=threshold,
        synthetic=bool(attributes["synthetic"]),
        n_train=n_train,
        views=n_views - 1 if head.average_views else 0,
    )


def validate(
    validation: Examples,
    probability: NDArray[np.float64],
    model: TrainedModel,
    settings: Evaluate,
    seed: int,
) -> dict[str, Any]:
    """Score the validation split with patient-level intervals."""
    return score(
        validation.labels,
        probability,
        validation.groups,
        task=Task.of(model.classes),
        threshold=model.threshold,
        n_bootstrap=settings.bootstrap,
        confidence=settings.confidence,
        seed=seed,
    )


def summary(model: TrainedModel, metrics: Mapping[str, Any], seconds: float) -> str:
    """Say in a few lines what was trained, how it does on validation and what is suspicious."""
    chosen = ", ".join(
        f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
        for key, value in metrics["chosen"].items()
    )
    validation = metrics["validation"]
    telltale = metrics["telltale_features"]
    caution = (
        f"\nCAUTION, a leak? {len(telltale)} features separate a class without an "
        f"error, {telltale[0]} among them"
        if telltale
        else ""
    )
    inner = _inner_in_words(metrics.get("inner_cv"))
    return (
        f"{model.name} on {model.backbone}, weights: {metrics['weights']}; "
        f"data: {metrics['data']}\n"
        f"fitted on {model.n_train:,} images in {seconds:.1f} s: {chosen}\n{inner}"
        f"validation {auc_in_words(model.classes, Estimate(**validation['auc']))}, "
        f"{validation['n']:,} images of {validation['n_patients']:,} patients; "
        f"{DecisionRule(model.threshold).in_words}{caution}"
    )


def _inner_in_words(inner: Mapping[str, Any] | None) -> str:
    """Say in a line how a head does inside training; empty of the ensemble."""
    if inner is None:
        return ""
    if inner["auc"] is None:
        return f"no cross-validation inside training: {inner['because']}\n"
    folds = len(inner["by_fold"])
    return f"AUC {inner['auc']:.3f} in {folds}-fold cross-validation by patient inside training\n"
