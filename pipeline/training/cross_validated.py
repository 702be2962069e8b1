"""Write what cross-validation found: out-of-fold predictions, their metrics, and a summary."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.artifacts.crossvalidation import CrossValidated
from pipeline.artifacts.provenance import counted, counts_in_words, data_in_words
from pipeline.artifacts.results import Estimate
from pipeline.evaluation.wording import auc_in_words
from pipeline.params import Evaluate, Split
from pipeline.statistics.fold_differences import fold_differences
from pipeline.training.out_of_fold import OutOfFold
from radbank.files import write_json


def origin(
    cases: pd.DataFrame,
    classes: Sequence[str],
    split: Split,
    *,
    repeats: int,
    synthetic: bool,
    backbone: str,
    weights: str,
) -> dict[str, Any]:
    """Say what was cross-validated.

    Parameters
    ----------
    cases
        Columns group and label of each image.
    classes
        Names by label.
    split
        Scheme and folds.
    repeats
        Divisions; 0 where nothing was cross-validated.
    synthetic, backbone, weights
        What the images are, and the network with its weights, in words.
    """
    return {
        "data": data_in_words(synthetic=synthetic),
        "backbone": backbone,
        "weights": weights,
        "scheme": split.scheme,
        "repeats": repeats,
        "folds": split.folds,
        "n": len(cases),
        "n_patients": int(cases["group"].nunique()),
        **counted(classes, cases["label"]),
        "interval": (
            "auc_of_folds and differences: corrected resampled variance over folds; all others "
            "but the pooled auc: patient-level percentile bootstrap of the mean over repeats"
        ),
    }


def write_cross_validated(
    found: Mapping[str, OutOfFold],
    about: Mapping[str, Any],
    *,
    predictions: Path,
    metrics: Path,
    evaluate: Evaluate,
    seed: int,
) -> str:
    """Write the predictions of each model and the metrics of all; return a summary in lines.

    Parameters
    ----------
    found
        By model, of as many repeats as `about` says; of none there is nothing to score.
    about
        From :func:`origin`.
    predictions
        Folder of the tables, one a model.
    metrics
        The file of metrics.
    evaluate, seed
        How intervals are made.
    """
    for name, each in found.items():
        each.write(predictions / f"{name}.csv", dict(about))
    models = {
        name: each.score(n_bootstrap=evaluate.bootstrap, confidence=evaluate.confidence, seed=seed)
        for name, each in (found.items() if about["repeats"] else ())
    }
    aucs = {name: CrossValidated.model_validate(each).auc_by_fold for name, each in models.items()}
    differences = [
        each.model_dump(exclude_unset=True) for each in fold_differences(aucs, evaluate.confidence)
    ]
    write_json(metrics, {**about, "models": models, "differences": differences})
    classes = next(iter(found.values())).classes
    return _summary(about, models, classes)


def _summary(about: Mapping[str, Any], models: Mapping[str, Any], classes: Sequence[str]) -> str:
    """Summarise the out-of-fold metrics, a line a model."""
    if not models:
        return "split.scheme is holdout: no cross-validation (set it to cv)"
    heading = (
        f"{about['repeats']} x {about['folds']}-fold by patient, {about['n']:,} images of "
        f"{about['n_patients']:,} patients, {counts_in_words(about)}; "
        f"data: {about['data']}, weights: {about['weights']}"
    )
    lines = [heading]
    for name, figures in models.items():
        auc, spread = Estimate(**figures["auc_of_folds"]), figures["auc_by_repeat"]
        lines.append(
            f"{name:<20} {auc_in_words(classes, auc)}, mean of folds; by repeat "
            f"{_number(spread['smallest'])} to {_number(spread['largest'])}; accuracy "
            f"{_number(figures['accuracy']['value'])}"
        )
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "-" if value is None or np.isnan(value) else f"{value:.3f}"
