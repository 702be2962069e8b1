"""Tables of estimates: headings, lines, and cells with an interval below the value."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.artifacts.results import Estimate
from pipeline.artifacts.task import Task
from pipeline.evaluation.metric import Metric
from pipeline.evaluation.metrics import main_metrics
from pipeline.reporting.text import interval_or_why, number


@dataclass(frozen=True)
class Cell:
    """A value, and its interval or what else stands below it."""

    value: str
    below: str


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


def cell(estimate: Estimate, *, signed: bool = False) -> Cell:
    """Write an estimate with its interval below."""
    return Cell(number(estimate.value, signed=signed), interval_or_why(estimate, signed=signed))


def shown_metrics(task: Task) -> list[Metric]:
    """Return the main metrics as tables show them: the AUC first."""
    return sorted(main_metrics(task), key=lambda metric: metric.name != "auc")


def lower_is_better(metrics: Sequence[Metric], task: Task) -> str:
    """Name in a sentence the metrics of which a lower value is better; empty without any."""
    named = [each.heading(task) for each in metrics if each.higher_is_better is False]
    if not named:
        return ""
    *first, last = named
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"Lower is better for {listed}."
