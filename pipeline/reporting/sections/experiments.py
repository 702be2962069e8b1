"""Other patients, other labels, other balances: cross-validation and the stage limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.artifacts.crossvalidation import CrossValidation
from pipeline.artifacts.task import Task
from pipeline.evaluation.metrics import METRICS
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.figures.limits import limits_curves
from pipeline.reporting.fine_tuning_pays import missed_in_words, pays_in_words
from pipeline.reporting.section import Section
from pipeline.reporting.sections.pairs import p_value
from pipeline.reporting.style import label, name_in_words
from pipeline.reporting.tables import Cell, Line, Table, cell, shown_metrics
from pipeline.reporting.text import number
from pipeline.statistics.fold_differences import fold_differences
from pipeline.statistics.second_reading import count_changed

_SHOWN = 20  # suspects


@dataclass(frozen=True)
class Experiments:
    """What the section shows.

    Attributes
    ----------
    table
        Of cross-validation; None with split.scheme holdout.
    sentences
        On the curves.
    of_arms
        From how many patients on fine-tuning pays; empty where no arm was asked for.
    suspects
        (id, patient, split, label, probability) of the most suspicious cases; where no class is
        the positive one, the class suggested stands before its probability.
    n_suspects
        Of how many.
    planted
        How well planted errors were found, and what follows from that.
    meaningful
        Whether that was clearly above chance.
    """

    table: Table | None
    sentences: tuple[str, ...]
    of_arms: tuple[str, ...]
    suspects: tuple[tuple[str, ...], ...]
    n_suspects: int
    planted: str
    meaningful: bool


def experiments(
    found: Sequence[CrossValidation],
    limits: Mapping[str, pd.DataFrame],
    arms: Mapping[str, pd.DataFrame],
    task: Task,
) -> Experiments:
    """Return the content of the section: cross-validations and the experiments of limits."""
    suspects, classes = limits["suspects"], task.classes
    auc = METRICS["auc"].heading(task).replace("Macro", "macro")
    head = limits["patients"]["model"].iloc[0]
    shown = [
        (
            row["id"],
            row["group"],
            row["split"],
            classes[row["label"]],
            *((classes[row["suggested"]],) if "suggested" in row else ()),
            number(row["probability"]),
        )
        for row in suspects.head(_SHOWN).to_dict("records")
    ]
    return Experiments(
        table=cross_validated(found, task),
        sentences=tuple(_sentences(limits, auc)),
        of_arms=(
            *pays_in_words(arms["patients"], head, auc),
            *missed_in_words(arms["labels"], head, auc),
        ),
        suspects=tuple(shown),
        n_suspects=len(suspects),
        planted=_planted(limits["planted"]),
        meaningful=bool(limits["planted"]["clear"].iloc[0]),
    )


def _planted(table: pd.DataFrame) -> str:
    """Say how well planted errors were found."""
    row = table.iloc[0]
    found = (
        f"Of {row['share']:.0%} of all labels that were turned into another class as a trial "
        f"{row['found']:.0%} were named, of untouched labels of the same class "
        f"{row['by_chance']:.0%}"
    )
    if row["clear"]:
        return f"{found}: suspects mean something here."
    return f"{found}: that is not clearly above chance, so no label is named."


def cross_validated(found: Sequence[CrossValidation], task: Task) -> Table | None:
    """Return a line a model: repeats, the main metrics, the range of the AUC over the repeats.

    None where nothing was cross-validated.
    """
    metrics = shown_metrics(task)
    lines = []
    for file in found:
        for name, each in file.models.items():
            spread = each.auc_by_repeat
            by_repeat = Cell(number(spread.smallest), f"to {number(spread.largest)}")
            cells = [cell(each.estimate(metric.name)) for metric in metrics]
            repeats = Cell(str(file.repeats), "")
            of_folds = cell(each.estimate("auc_of_folds"))
            lines.append(Line(label(name), "", (repeats, of_folds, *cells, by_repeat)))
    headings = [metric.heading(task) for metric in metrics]
    columns = ("Repeats", f"{headings[0]}, mean of folds", *headings, f"{headings[0]} by repeat")
    return Table(columns, tuple(lines)) if lines else None


def paired_folds(found: Sequence[CrossValidation], confidence: float) -> Table | None:
    """Return a line a pair of models, of their AUCs on the same folds; None without a pair."""
    by_fold = {name: each.auc_by_fold for file in found for name, each in file.models.items()}
    lines = tuple(
        Line(
            f"{label(each.first)} minus {name_in_words(each.second)}",
            "",
            (
                Cell(str(each.folds), ""),
                cell(each.auc, signed=True),
                Cell(p_value(each.auc.p_holm), ""),
            ),
        )
        for each in fold_differences(by_fold, confidence)
    )
    return Table(("Folds", "Difference", "p (Holm)"), lines) if lines else None


def _sentences(limits: Mapping[str, pd.DataFrame], auc: str) -> list[str]:
    """Say the ends of each curve."""
    patients = limits["patients"]
    few, many = patients.iloc[0], patients.iloc[-1]
    curve = (
        f"With {few['patients']:.0f} training patients the {auc} was {_band(few)}, with "
        f"{many['patients']:.0f} it was {_band(many)}."
    )
    labels = limits["labels"]
    flipped = labels[labels["kind"] == "flipped"]
    worst = flipped.iloc[-1]
    sentence = f"With {worst['share']:.0%} of the training labels flipped it was {_band(worst)}"
    if pd.notna(worst["found"]):
        sentence += (
            f"; {worst['found']:.0%} of the flipped labels were among the suspects, "
            f"{worst['right']:.0%} of whom were indeed flipped"
        )
    missing = labels[labels["kind"] == "dropped"].iloc[-1]
    dropped = f"With {missing['share']:.0%} of the labels missing it was {_band(missing)}."
    return [curve, f"{sentence}.", *_missed(labels), dropped]


def _missed(labels: pd.DataFrame) -> list[str]:
    """Say what positives written down as negatives cost; nothing of more than two classes."""
    missed = labels[labels["kind"] == "missed"]
    if missed.empty:
        return []
    worst = missed.iloc[-1]
    share = f"{worst['share']:.0%}"
    return [f"With {share} of the positives written down as negatives it was {_band(worst)}."]


def _band(row: "pd.Series[float]") -> str:
    low, high = row["low"], row["high"]
    if not low < high:  # NaN where it does not vary
        return f"{number(row['value'])} (no band: it does not vary)"
    return f"{number(row['value'])} ({number(low)} to {number(high)})"


def _context(evidence: Evidence) -> Mapping[str, Any]:
    task = evidence.task
    files = [evidence.crossvalidation, *evidence.crossvalidated_arms.values()]
    read_again = count_changed(evidence.cases.frame, evidence.summary.confidence)
    return {
        "cv": evidence.crossvalidation,
        "read_again": [each.sentence for each in read_again],
        "experiments": experiments(files, evidence.limits, evidence.limits_of_arms, task),
        "paired": paired_folds(files[::-1], evidence.summary.confidence),  # arms first
        "curves": limits_curves(evidence.summary, evidence.limits, evidence.limits_of_arms),
        "no_balance": task.left_out("Experiments with the balance of classes"),
    }


section = Section("Other patients, other labels, other balances", _context)
