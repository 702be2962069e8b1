"""The files of `plots/`, one a kind of curve, in which the column `model` names the model."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from pipeline.artifacts.cells import to_csv
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.statistics.curves import calibration, mean_roc, precision_recall, roc
from pipeline.statistics.net_benefit import decision_curve
from pipeline.statistics.scored_cases import BinaryCases
from radbank.files import atomic_path, write_text


def write_plots(
    folder: Path,
    models: Mapping[str, ClassifiedCases],
    learning: Mapping[str, pd.DataFrame],
    recalibrated: Mapping[str, ClassifiedCases | None] = MappingProxyType({}),
    *,
    confidence: float,
) -> None:
    """Write every model's curves on the reported cases, and the arms' learning curves.

    Parameters
    ----------
    folder
        Replaced as a whole.
    models
        Reported cases by model.
    learning
        By arm of fine-tuning, from :func:`pipeline.artifacts.learning.learning_curve`.
    recalibrated
        The same cases with probabilities recalibrated on validation, where that was possible.
    confidence
        Of the intervals in the calibration and decision curves.
    """
    by_model = {
        name: curves(cases, confidence, recalibrated.get(name)) for name, cases in models.items()
    }
    kinds = next(iter(by_model.values()))
    tables = {kind: {name: found[kind] for name, found in by_model.items()} for kind in kinds}
    with atomic_path(folder) as temporary:
        temporary.mkdir()
        for kind, frames in {**tables, "learning": learning}.items():
            write_text(temporary / f"{kind}.csv", to_csv(_join(frames)))


def curves(
    classified: ClassifiedCases, confidence: float, recalibrated: ClassifiedCases | None = None
) -> dict[str, pd.DataFrame]:
    """Return the curves of a model by kind; those of binary tasks only have no rows elsewhere.

    A threshold of a decision curve is a probability that means something, so that curve is of the
    recalibrated probabilities where there are any: `recalibrated` says so, and `as_it_is` is the
    net benefit without that.
    """
    one_vs_rest, task = classified.one_vs_rest, classified.task
    of_classes = [
        roc(cases).assign(**{"class": task.classes[label]})
        for label, cases in zip(task.reported, one_vs_rest, strict=True)
    ]
    binary = classified.one_vs_rest[0]
    only_binary = {
        "precision_recall": precision_recall(binary),
        "decision": _decision(binary, recalibrated, confidence),
    }
    return {
        "roc": mean_roc(one_vs_rest),
        "class_roc": pd.concat(of_classes, ignore_index=True)[["class", "fpr", "tpr"]],
        **{kind: frame if task.binary else frame[:0] for kind, frame in only_binary.items()},
        "calibration": calibration(calibrated_cases(classified), confidence=confidence),
        "confusion": confusion(classified),
    }


def _decision(
    cases: BinaryCases, recalibrated: ClassifiedCases | None, confidence: float
) -> pd.DataFrame:
    plain = decision_curve(cases, confidence=confidence)
    corrected = (
        plain
        if recalibrated is None
        else decision_curve(recalibrated.one_vs_rest[0], confidence=confidence)
    )
    return corrected.assign(
        as_it_is=plain["net_benefit"], recalibrated=int(recalibrated is not None)
    )


def calibrated_cases(classified: ClassifiedCases) -> BinaryCases:
    """Return the cases whose calibration is drawn.

    Of a binary task, the positive class; else whether each prediction is right and how probable
    it was: the confidence of a model in its predictions (Guo et al., On Calibration of Modern
    Neural Networks, ICML 2017).
    """
    if classified.task.binary:
        return classified.one_vs_rest[0]
    cases = classified.cases
    return BinaryCases(
        classified.correct.astype(np.int64),
        cases.probabilities.max(axis=1),
        cases.patients,
        cases.n_patients,
    )


def confusion(classified: ClassifiedCases) -> pd.DataFrame:
    """Return one row a case: `actual` and `predicted`, the names of classes."""
    names = np.asarray(classified.task.classes, dtype=object)
    return pd.DataFrame(
        {"actual": names[classified.cases.labels], "predicted": names[classified.predicted]}
    )


def _join(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Stack the tables of several models, each under its name."""
    tables = []
    for name, frame in frames.items():
        table = frame.copy()
        table.insert(0, "model", name)
        tables.append(table)
    return pd.concat([each for each in tables if len(each)] or tables[:1], ignore_index=True)
