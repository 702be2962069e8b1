"""Write the outputs of a fitted head or ensemble: model, predictions, metrics and cost."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heads.base import pool_views
from heads.examples import Examples
from pipeline import paths
from pipeline.artifacts.cost import write_cost
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
from pipeline.training.cost import cost_of
from pipeline.training.description import Fitted, conditions, describe
from pipeline.training.extras import Extras
from pipeline.training.spent import FittingSpent
from radbank.files import atomic_path, write_json
from radbank.meter import Meter

NO_EXTRAS = Extras()


def write_fitted(
    head: Fitted,
    cohort: LabelledEmbeddings,
    *,
    n_train: int,
    spent: FittingSpent,
    start: float,
    evaluate: Evaluate,
    seed: int,
    extras: Extras = NO_EXTRAS,
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
    spent
        What that took.
    start
        When the stage started (:func:`time.perf_counter`).
    evaluate, seed
        How validation is scored.
    extras
        What else is known of a head.

    Returns
    -------
    str
        Lines on what was trained, how it does inside training and on validation, and whether a
        feature looks like a leak.
    """
    meter = Meter("cpu")
    by_view = head.predict_views(cohort.examples.embeddings)
    scoring = meter.lap()
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
        **extras.metrics,
    }
    with atomic_path(paths.model(head.name)) as folder:
        folder.mkdir()
        head.save(folder)
        model.write(folder)
    provenance = {**model.provenance, "conditions": conditions(head, model).model_dump()}
    average = head.average_views
    predictions = Predictions.of_views(
        cohort.cases,
        by_view,
        provenance,
        average=average,
        other_seeds=[
            pool_views(other.predict_views(cohort.examples.embeddings), average_views=average)
            for other in extras.others
        ],
    )
    write_predictions(paths.predictions(head.name), predictions)
    write_json(paths.metrics(head.name), metrics)
    seconds = time.perf_counter() - start
    write_cost(paths.cost(head.name), cost_of(head, cohort, spent, scoring, seconds=seconds))
    return summary(model, metrics, spent.training.seconds + spent.search.seconds)


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
    extra = _extras_in_words(metrics)
    return (
        f"{model.name} on {model.backbone}, weights: {metrics['weights']}; "
        f"data: {metrics['data']}\n"
        f"fitted on {model.n_train:,} images in {seconds:.1f} s: {chosen}\n{extra}"
        f"validation {auc_in_words(model.classes, Estimate(**validation['auc']))}, "
        f"{validation['n']:,} images of {validation['n_patients']:,} patients; "
        f"{DecisionRule(model.threshold).in_words}{caution}"
    )


def _extras_in_words(metrics: Mapping[str, Any]) -> str:
    """Say in a line how often a head was trained and how it does inside training, if it is one."""
    if "inner_cv" not in metrics:
        return ""
    inner, trained = metrics["inner_cv"], f"trainings: {metrics['trainings']}; "
    if inner["auc"] is None:
        return f"{trained}no cross-validation inside training: {inner['because']}\n"
    return (
        f"{trained}AUC {inner['auc']:.3f} in {len(inner['by_fold'])}-fold cross-validation by "
        "patient inside training\n"
    )
