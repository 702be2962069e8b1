"""The files of `plots/`, one a model and a kind of curve, for DVC and for the report."""

from pathlib import Path

import pandas as pd

from pipeline.evaluation.curves import calibration, confusion, precision_recall, roc
from pipeline.evaluation.net_benefit import decision_curve
from pipeline.evaluation.study import Study
from radbank.files import atomic_path


def write_plots(folder: Path, study: Study, learning: pd.DataFrame, *, confidence: float) -> None:
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
    negative, positive = study.provenance["classes"]
    with atomic_path(folder) as temporary:
        temporary.mkdir()
        _write(temporary / "learning_finetune.csv", learning)
        for name, model in study.models.items():
            cases = model.reported
            curves = {
                "roc": roc(cases),
                "precision_recall": precision_recall(cases),
                "calibration": calibration(cases, confidence=confidence),
                "decision": decision_curve(cases, confidence=confidence),
                "confusion": confusion(cases, model.threshold, (negative, positive)),
            }
            for kind, curve in curves.items():
                _write(temporary / f"{kind}_{name}.csv", curve)


def _write(path: Path, frame: pd.DataFrame) -> None:
    frame.to_csv(path, index=False, lineterminator="\n")
