"""Checkpoints: write the best weights as a model that can be loaded at any time."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.artifacts.trained_model import TrainedModel
from pipeline.evaluation.rule import threshold_for
from pipeline.finetuning.best import Best
from pipeline.finetuning.network import save_weights
from radbank.files import atomic_path


def write_checkpoint(
    folder: Path, best: Best, model: TrainedModel, validation_labels: np.ndarray
) -> TrainedModel:
    """Write the best weights so far, and what they are, in place of what the folder held.

    Parameters
    ----------
    folder
        The model's folder.
    best
        Of which the weights are written.
    model
        What the weights were trained on; of two classes its threshold is replaced by one chosen
        on the validation images after the best epoch.
    validation_labels
        ndarray of int64, shape (n_validation,).

    Returns
    -------
    TrainedModel
        As it was written.
    """
    threshold = threshold_for(validation_labels, best.epoch.validation_probabilities)
    model = replace(model, threshold=threshold)
    with atomic_path(folder) as temporary:
        temporary.mkdir()
        save_weights(best.state, temporary)
        model.write(temporary)
    return model
