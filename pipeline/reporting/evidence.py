"""All that the report rests on, checked and typed as it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline import paths
from pipeline.artifacts.cases import Cases, read_cases
from pipeline.artifacts.cost import Cost, read_costs
from pipeline.artifacts.crossvalidation import CrossValidation
from pipeline.artifacts.document import read_document
from pipeline.artifacts.floors import FloorsFile
from pipeline.artifacts.leaks import COLUMNS, LeakCounts
from pipeline.artifacts.own_table import read_own_table
from pipeline.artifacts.results import (
    CalibrationFile,
    ComparisonsFile,
    ScoresFile,
    SubgroupsFile,
)
from pipeline.artifacts.shortcuts import Shortcuts
from pipeline.artifacts.splits import read_splits
from pipeline.artifacts.summary import Summary
from pipeline.artifacts.task import Task
from pipeline.params import Params
from radbank.files import sha256_file

CURVES = (
    "roc",
    "class_roc",
    "precision_recall",
    "calibration",
    "decision",
    "confusion",
    "learning",
)
_TEXT_OF_CURVES = {"class_roc": ("class",), "confusion": ("actual", "predicted")}
_TEXT_OF_LIMITS = ("model", "id", "group", "split", "kind", "metric")
_LIMITS = ("patients", "labels", "balance", "planted", "suspects")
_CHECKED = (
    paths.CASES,
    paths.QUARANTINE,
    paths.SPLITS,
    paths.LEAKS,
    paths.SUMMARY,
    paths.SCORES,
    paths.COMPARISONS,
    paths.CALIBRATION,
    paths.SUBGROUPS,
    paths.FLOORS,
    paths.SHORTCUTS,
)
_TEXT_OF_LEAKS = set(COLUMNS) - {"similarity"}


@dataclass(frozen=True)
class Evidence:
    """All that the report rests on.

    Attributes
    ----------
    params
        The settings of the run.
    summary, scores, comparisons, calibration, subgroups, floors
        What the evaluate stage wrote under metrics/.
    shortcuts
        How well embeddings predict other properties of the cases.
    costs
        Seconds of embedding ('extract') and of every model.
    curves
        Frames of plots/, by kind and then by model.
    crossvalidation
        Every head out of fold; without models where split.scheme is holdout.
    crossvalidated_arms
        The same of every arm of fine-tuning, by name.
    limits
        Tables of the limits stage, by name.
    limits_of_arms
        Of the arms in limits.arms, all in one table each: `patients` and `labels`.
    cases
        The images that could be used.
    splits
        id, group, split and fold of every image.
    quarantine
        path and reason of the files that could not be used.
    leak_counts, leaks
        Numbers of pairs that may leak, and the pairs.
    checksums
        SHA-256 of the files that the report was made from, by path.
    """

    params: Params
    summary: Summary
    scores: ScoresFile
    comparisons: ComparisonsFile
    calibration: CalibrationFile
    subgroups: SubgroupsFile
    floors: FloorsFile
    shortcuts: Shortcuts
    costs: dict[str, Cost]
    curves: dict[str, dict[str, pd.DataFrame]]
    crossvalidation: CrossValidation
    crossvalidated_arms: dict[str, CrossValidation]
    limits: dict[str, pd.DataFrame]
    limits_of_arms: dict[str, pd.DataFrame]
    cases: Cases
    splits: pd.DataFrame
    quarantine: pd.DataFrame
    leak_counts: LeakCounts
    leaks: pd.DataFrame
    checksums: dict[str, str]

    @property
    def task(self) -> Task:
        """What the models classify."""
        return Task.of(self.cases.classes)


def read_evidence(params: Params) -> Evidence:
    """Read what the other stages wrote.

    Raises
    ------
    RadbankError
        If a file is missing or not what the stages write.
    """
    summary = read_document(Summary, paths.SUMMARY)
    return Evidence(
        params=params,
        summary=summary,
        scores=read_document(ScoresFile, paths.SCORES),
        comparisons=read_document(ComparisonsFile, paths.COMPARISONS),
        calibration=read_document(CalibrationFile, paths.CALIBRATION),
        subgroups=read_document(SubgroupsFile, paths.SUBGROUPS),
        floors=read_document(FloorsFile, paths.FLOORS),
        shortcuts=read_document(Shortcuts, paths.SHORTCUTS),
        costs=read_costs(list(summary.models)),
        curves={kind: read_curves(paths.PLOTS / f"{kind}.csv") for kind in CURVES},
        crossvalidation=read_document(CrossValidation, paths.CROSSVALIDATION),
        crossvalidated_arms={
            name: read_document(CrossValidation, paths.crossvalidation(name))
            for name in params.finetune.arms.names
        },
        limits=_read_limits(paths.LIMITS),
        limits_of_arms=_read_limits_of_arms(params.limits.arms),
        cases=read_cases(paths.CASES),
        splits=read_splits(paths.SPLITS),
        quarantine=read_own_table(paths.QUARANTINE, text=("path", "reason"), stage="ingest"),
        leak_counts=read_document(LeakCounts, paths.LEAK_COUNTS),
        leaks=read_own_table(paths.LEAKS, text=_TEXT_OF_LEAKS, stage="leaks"),
        checksums={path.as_posix(): sha256_file(path) for path in _CHECKED},
    )


def read_curves(path: Path) -> dict[str, pd.DataFrame]:
    """Read the curves of a kind by model, in the order of the file.

    Raises
    ------
    RadbankError
        If the file is missing or is no table of curves.
    """
    text = ("model", *_TEXT_OF_CURVES.get(path.stem, ()))
    table = read_own_table(path, text=text, stage="evaluate")
    models = table["model"].drop_duplicates()
    return {
        name: table[table["model"] == name].drop(columns="model").reset_index(drop=True)
        for name in models
    }


def _read_limits(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables of the limits stage, by name."""
    return {
        name: read_own_table(folder / f"{name}.csv", text=_TEXT_OF_LIMITS, stage="limits")
        for name in _LIMITS
    }


def _read_limits_of_arms(arms: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Read the tables of the stage limits_finetune, the arms of each in one; empty without arms."""
    found = {}
    for name in ("patients", "labels"):
        tables = [
            read_own_table(
                paths.limits(arm) / f"{name}.csv", text=_TEXT_OF_LIMITS, stage="limits_finetune"
            )
            for arm in arms
        ]
        found[name] = pd.concat(tables) if tables else pd.DataFrame(columns=["model"])
    return found
