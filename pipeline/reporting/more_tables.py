"""Tables beside the main one: further metrics, calibration, subgroups and shortcut probes."""

from dataclasses import dataclass

from pipeline.evaluation.reliability import RELIABILITY
from pipeline.evaluation.summary import FINETUNE
from pipeline.reporting.evidence import METRICS, Estimate, Summary
from pipeline.reporting.findings import Calibration, Scores, Shortcuts, Subgroups
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
    columns = tuple(
        f"{label(model)}, {what}"
        for model in models
        for what in ("AUC", "gap to all", "sensitivity", "specificity")
    )
    lines = []
    for group in subgroups.groups:
        size = f"{group.n} images of {group.n_patients} patients, {group.n_positive} positive"
        cells = [
            cell
            for model in models
            for cell in (
                _cell(group.models[model].auc),
                _cell(group.models[model].auc_gap, signed=True),
                _cell(group.models[model].sensitivity),
                _cell(group.models[model].specificity),
            )
        ]
        note = f"{size}; too small" if group.too_small else size
        lines.append(Line(f"{group.column}: {group.value}", note, tuple(cells)))
    return Table(columns, tuple(lines))


def probes(shortcuts: Shortcuts) -> Table:
    """Return how well the embeddings tell each property."""
    lines = [
        Line(
            f"{each.column}: {each.value}",
            f"{each.n} images of {each.n_patients} patients"
            + ("; too small" if each.too_small else ""),
            (
                _cell(each.auc),
                Cell(number(each.positive_with, 2), ""),
                Cell(number(each.positive_without, 2), ""),
            ),
        )
        for each in shortcuts.probes
    ]
    return Table(
        ("AUC of telling it", "Positive among these", "Positive among others"), tuple(lines)
    )


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
