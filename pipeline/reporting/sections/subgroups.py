"""Subgroups of the cases, and properties from which a head could guess (shortcuts)."""

from collections.abc import Mapping
from typing import Any

from pipeline.artifacts.results import SubgroupsFile
from pipeline.artifacts.shortcuts import Shortcuts
from pipeline.artifacts.summary import Summary
from pipeline.artifacts.task import Task
from pipeline.evaluation.metrics import METRICS, subgroup_metrics
from pipeline.evaluation.subgroups import GAP
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.figures.subgroups import subgroup_forest
from pipeline.reporting.section import Section
from pipeline.reporting.style import label
from pipeline.reporting.tables import Cell, Line, Table, cell
from pipeline.reporting.text import UNDEFINED, interval_or_why, number


def subgroup_lines(subgroups: SubgroupsFile, models: list[str], task: Task) -> Table:
    """Return every subgroup's figures of the given models."""
    auc, *others = sorted(
        (metric.name for metric in subgroup_metrics(task)), key=lambda name: name != "auc"
    )
    shown = [auc, GAP, *others] if task.binary else [auc, *others]
    headings = {name: METRICS[name].heading(task) for name in (auc, *others)}
    headings[GAP] = "gap to all"
    columns = tuple(f"{label(model)}, {headings[name]}" for model in models for name in shown)
    lines = []
    for group in subgroups.groups:
        size = f"{group.n} images of {group.n_patients} patients, {group.counts}"
        cells = tuple(
            cell(group.models[model].estimate(name), signed=name == GAP)
            for model in models
            for name in shown
        )
        note = f"{size}; too small" if group.too_small else size
        lines.append(Line(f"{group.column}: {group.value}", note, cells))
    return Table(columns, tuple(lines))


def probes(shortcuts: Shortcuts, task: Task) -> Table:
    """Return how well embeddings predict each property, and who is positive with and without."""
    columns = ["AUC of predicting it"]
    if task.binary:
        columns += ["Positive among these", "Positive among others"]
    lines = []
    for each in shortcuts.probes:
        note = f"{each.n} images of {each.n_patients} patients"
        shares = (each.positive_with, each.positive_without)
        cells = (cell(each.auc), *(Cell(number(share, 2), "") for share in shares))
        lines.append(
            Line(
                f"{each.column}: {each.value}",
                f"{note}; too small" if each.too_small else note,
                cells[: len(columns)],
            )
        )
    return Table(tuple(columns), tuple(lines))


def verdicts(shortcuts: Shortcuts) -> Table:
    """Return the verdict on each property, with what it rests on."""
    lines = []
    for each in shortcuts.properties:
        lost = [
            f"{held.value} {number(held.difference.value, signed=True)} "
            f"({interval_or_why(held.difference, signed=True)})"
            for held in each.held_out
        ]
        cells = (cell(each.readable), cell(each.label), Cell("", "; ".join(lost) or UNDEFINED))
        note = f"{each.verdict}{f'; value {each.value}' if each.value else ''}"
        lines.append(Line(each.column, note, cells))
    columns = ("Read from embeddings, AUC", "Label by it alone, AUC", "Held out, AUC difference")
    return Table(columns, tuple(lines))


def shown_models(summary: Summary) -> list[str]:
    """Return the models that subgroups are shown for: the best head and the primary arm."""
    return [name for name in (summary.best_head, summary.primary) if name in summary.models]


def _context(evidence: Evidence) -> Mapping[str, Any]:
    models = shown_models(evidence.summary)
    return {
        "subgroups": subgroup_lines(evidence.subgroups, models, evidence.task),
        "minimum": evidence.subgroups.minimum_patients,
        "forest": subgroup_forest(evidence.summary, evidence.subgroups, models),
        "verdicts": verdicts(evidence.shortcuts),
        "probes": probes(evidence.shortcuts, evidence.task),
    }


section = Section("Subgroups and shortcuts", _context)
