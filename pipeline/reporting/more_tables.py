"""Tables beside the main one: further metrics, calibration, subgroups and shortcut probes."""

from dataclasses import dataclass

from pipeline.evaluation.reliability import RELIABILITY
from pipeline.paths import FINETUNE
from pipeline.reporting.evidence import METRICS, Estimate, Summary
from pipeline.reporting.findings import (
    Calibration,
    ClassScores,
    ClassSubgroupScores,
    Scores,
    Shortcuts,
    Subgroups,
    SubgroupScores,
)
from pipeline.reporting.results import Cell
from pipeline.reporting.style import label
from pipeline.reporting.text import UNDEFINED, interval, number, percent

_WORDS = {
    "balanced_accuracy": "Balanced accuracy",
    "mcc": "MCC",
    "log_loss": "Log loss",
    "calibration_slope": "Slope",
    "calibration_intercept": "Intercept",
    "ece": "ECE",
    "brier": "Brier score",
}
_RATES = {"ppv": "PPV", "npv": "NPV"}


@dataclass(frozen=True)
class Line:
    """A line of a table."""

    label: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """Column headings and lines."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def decisions(scores: Scores) -> Table:
    """Return what models do at their thresholds and at the rates asked for."""
    first = next(iter(scores.models.values()))
    shown = [name for name in first if name not in METRICS and name not in RELIABILITY]
    lines = [
        Line(label(model), "", tuple(_cell(figures[name]) for name in shown))
        for model, figures in scores.models.items()
    ]
    return Table(tuple(metric_in_words(name) for name in shown), tuple(lines))


def each_class(scores: ClassScores) -> Table:
    """Return how every model tells each class from the rest, a line a class and a model."""
    lines = [
        Line(
            label(model),
            f"{name}: {figures.n} images of {figures.n_patients} patients",
            (_cell(figures.auc), _cell(figures.sensitivity), _cell(figures.precision)),
        )
        for model, classes in scores.models.items()
        for name, figures in classes.items()
    ]
    return Table(("AUC against the rest", "Sensitivity", "Precision"), tuple(lines))


def calibrations(calibration: Calibration) -> Table:
    """Return calibration metrics of every model, two lines each: as it is and corrected."""
    lines = []
    for model, each in calibration.models.items():
        for note, figures in (("as it is", each.before), ("corrected", each.after)):
            if figures is None:
                cells = (Cell(UNDEFINED, ""),) * len(RELIABILITY)
            else:
                cells = tuple(_cell(figures[name]) for name in RELIABILITY)
            lines.append(Line(label(model), note, cells))
    return Table(tuple(_WORDS[name] for name in RELIABILITY), tuple(lines))


def subgroup_lines(subgroups: Subgroups, models: list[str]) -> Table:
    """Return every subgroup's figures of the given models."""
    of_more = not all(group.two_classes for group in subgroups.groups)
    shown = (
        ("macro AUC", "accuracy")
        if of_more
        else ("AUC", "gap to all", "sensitivity", "specificity")
    )
    columns = tuple(f"{label(model)}, {what}" for model in models for what in shown)
    lines = []
    for group in subgroups.groups:
        size = f"{group.n} images of {group.n_patients} patients, {group.counts}"
        cells = [cell for model in models for cell in _subgroup_cells(group.models[model])]
        note = f"{size}; too small" if group.too_small else size
        lines.append(Line(f"{group.column}: {group.value}", note, tuple(cells)))
    return Table(columns, tuple(lines))


def _subgroup_cells(scores: SubgroupScores | ClassSubgroupScores) -> tuple[Cell, ...]:
    if isinstance(scores, ClassSubgroupScores):
        return _cell(scores.auc), _cell(scores.accuracy)
    return (
        _cell(scores.auc),
        _cell(scores.auc_gap, signed=True),
        _cell(scores.sensitivity),
        _cell(scores.specificity),
    )


def probes(shortcuts: Shortcuts, *, two_classes: bool) -> Table:
    """Return how well the embeddings tell each property, and of two classes who is positive."""
    shown = 3 if two_classes else 1
    lines = [
        Line(
            f"{each.column}: {each.value}",
            f"{each.n} images of {each.n_patients} patients"
            + ("; too small" if each.too_small else ""),
            (
                _cell(each.auc),
                Cell(number(each.positive_with, 2), ""),
                Cell(number(each.positive_without, 2), ""),
            )[:shown],
        )
        for each in shortcuts.probes
    ]
    columns = ("AUC of telling it", "Positive among these", "Positive among others")
    return Table(columns[:shown], tuple(lines))


def shown_models(summary: Summary) -> list[str]:
    """Return the models that subgroups are shown for: the best head and fine-tuning."""
    return [name for name in (summary.best_head, FINETUNE) if name in summary.models]


def metric_in_words(name: str) -> str:
    """Write a metric's name as a heading.

    Examples
    --------
    >>> metric_in_words("ppv_at_prevalence_0.05")
    'PPV at prevalence 5 %'
    """
    what, _, held = name.partition("_at_")
    if not held:
        return _WORDS[name]
    rate, _, value = held.rpartition("_")
    return f"{_RATES.get(what, what.capitalize())} at {rate} {percent(float(value))}"


def _cell(estimate: Estimate, *, signed: bool = False) -> Cell:
    return Cell(number(estimate.value, signed=signed), interval(estimate, signed=signed))
