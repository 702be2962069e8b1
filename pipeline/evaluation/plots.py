"""The files of `plots/`, one a model and a kind of curve, for DVC and for the report."""

from pathlib import Path

import pandas as pd

from pipeline.evaluation.study import Scores, Study
from radbank.files import atomic_path


def write_plots(
    folder: Path, study: Study[Scores], learning: pd.DataFrame, *, confidence: float
) -> None:
    """Write every model's curves on the reported cases, and fine-tuning's learning curve.

    Parameters
    ----------
    folder
        Replaced as a whole.
    study
        All models' predictions.
    learning
        From :func:`pipeline.evaluation.learning.learning_curve`.
    confidence
        Of the intervals in the calibration and decision curves.
    """
    classes = study.provenance["classes"]
    with atomic_path(folder) as temporary:
        temporary.mkdir()
        _write(temporary / "learning_finetune.csv", learning)
        for name, model in study.models.items():
            for kind, curve in model.curves(classes, confidence).items():
                _write(temporary / f"{kind}_{name}.csv", curve)


def _write(path: Path, frame: pd.DataFrame) -> None:
    frame.to_csv(path, index=False, lineterminator="\n")
