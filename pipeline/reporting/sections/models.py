"""The models compared: every model, every main metric with its interval, and what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.artifacts.cost import Cost
from pipeline.artifacts.results import ModelMetrics
from pipeline.artifacts.summary import Summary
from pipeline.evaluation.metric import Metric
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.figures.comparison import comparison
from pipeline.reporting.section import Section
from pipeline.reporting.style import ModelStyle, label, model_styles, name_in_words
from pipeline.reporting.tables import Cell, Line, Table, cell, lower_is_better, shown_metrics
from pipeline.reporting.text import number, percent, seconds_or_none


@dataclass(frozen=True)
class ModelLine:
    """One model's line of the table; `variable` is its colour, as a variable of report.css."""

    label: str
    note: str
    variable: str
    best: bool
    cells: tuple[Cell, ...]
    threshold: str
    cost: Cell


def model_lines(evidence: Evidence) -> list[ModelLine]:
    """Return the lines of the table, in the order of the summary.

    A model that was scored on augmented views too has a second line.
    """
    summary, metrics = evidence.summary, shown_metrics(evidence.task)
    styles = model_styles(summary.models)
    several = any(each.trainings > 1 for each in summary.models.values())
    lines = []
    for name, found in summary.models.items():
        best = name == summary.best_head
        notes = ["best head"] * best + (trainings_in_words(found) if several else [])
        note, cost = "; ".join(notes), _cost(name, evidence.costs)
        lines.append(_line(found, metrics, styles[name], best=best, note=note, cost=cost))
        if name in summary.augmented:
            again, note = summary.augmented[name], "on randomly altered images"
            cost = Cell("as above", "")
            lines.append(_line(again, metrics, styles[name], best=False, note=note, cost=cost))
    return lines


def trainings_in_words(found: ModelMetrics) -> list[str]:
    """Say from how many seeds a model was trained, and how much its AUC differs between them."""
    spread, part = found.auc.seeds_sd, found.auc.seeds_share
    trained = f"{found.trainings} training{'s' if found.trainings > 1 else ''}"
    if spread is None:
        return [trained]
    shared = "" if part is None else f" ({percent(round(part, 2))} of the variance)"
    return [trained, f"sd over seeds {number(spread)}{shared}"]


def condition_lines(summary: Summary) -> Table:
    """Return how every model was trained, a line a model that says so."""
    columns = ("Input, pixels", "Class weights", "Augmentation", "Settings tried", "Averaged")
    lines = []
    for name, how in summary.conditions.items():
        unlike = summary.unlike(summary.primary, name)
        note = f"not as {name_in_words(summary.primary)}: {', '.join(unlike)}" if unlike else ""
        values = (how.input_size, how.class_weight, how.augmentation, how.configurations)
        cells = (*(Cell(str(value), "") for value in values), Cell(str(how.networks), ""))
        lines.append(Line(label(name), note, cells))
    return Table(columns, tuple(lines))


def any_undefined(evidence: Evidence) -> bool:
    """Return whether the table has a number that is not defined."""
    return any(
        None in (estimate.value, estimate.low, estimate.high)
        for model in evidence.summary.models.values()
        for estimate in (model.estimate(each.name) for each in shown_metrics(evidence.task))
    )


def _line(
    found: ModelMetrics,
    metrics: list[Metric],
    style: ModelStyle,
    *,
    best: bool,
    note: str,
    cost: Cell,
) -> ModelLine:
    return ModelLine(
        label=style.label,
        note=note,
        variable=style.variable,
        best=best,
        cells=tuple(cell(found.estimate(metric.name)) for metric in metrics),
        threshold=number(found.threshold),
        cost=cost,
    )


def _cost(model: str, costs: dict[str, Cost]) -> Cell:
    cost = costs[model]
    new = seconds_or_none(cost.inference.seconds_per_1000)
    return Cell(seconds_or_none(cost.to_train.seconds), f"{new} for 1,000 new")


def _context(evidence: Evidence) -> Mapping[str, Any]:
    metrics = shown_metrics(evidence.task)
    return {
        "metrics": [metric.heading(evidence.task) for metric in metrics],
        "lower": lower_is_better(metrics, evidence.task),
        "results": model_lines(evidence),
        "any_undefined": any_undefined(evidence),
        "conditions": condition_lines(evidence.summary),
        "comparison": comparison(evidence.summary, evidence.costs),
    }


section = Section("The models compared", _context)
