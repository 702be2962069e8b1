"""Say what a fitted head was trained on and how."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from heads.base import Head
from heads.ensemble import Ensemble
from pipeline.artifacts.conditions import Conditions, class_weight_in_words
from pipeline.artifacts.trained_model import TrainedModel

Fitted: TypeAlias = Head | Ensemble


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
