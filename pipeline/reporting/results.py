"""The one table: every model, every metric with its interval, and what it cost."""

from dataclasses import dataclass, replace

from pipeline.evaluation.summary import PROBE
from pipeline.paths import FINETUNE
from pipeline.reporting.costs import Cost
from pipeline.reporting.evidence import ClassResult, ModelResult, Summary
from pipeline.reporting.style import model_styles
from pipeline.reporting.text import UNDEFINED, interval, number, seconds


@dataclass(frozen=True)
class Cell:
    """A metric's value, and its interval or what else stands below it."""

    value: str
    below: str


@dataclass(frozen=True)
class Result:
    """One model's line of the table.

    Attributes
    ----------
    label
        The model in words.
    note
        What is special about the line; may be empty.
    variable
        Its colour, as a variable of report.css.
    best
        Whether it is the best head.
    cells
        One a metric, in the order of `Summary.metrics`.
    threshold
        Above which it calls an image positive; of more than two classes there is none.
    cost
        Seconds, and what they are made of.
    """

    label: str
    note: str
    variable: str
    best: bool
    cells: tuple[Cell, ...]
    threshold: str
    cost: Cell


def results(summary: Summary, costs: dict[str, Cost]) -> list[Result]:
    """Return the lines of the table, in the order of the summary.

    The linear probe has a second line where it was also tried on altered images, as the study
    that it comes from did.
    """
    styles = model_styles(summary.models)
    lines = []
    for name, model in summary.models.items():
        line = Result(
            label=styles[name].label,
            note="best head" if name == summary.best_head else "",
            variable=styles[name].variable,
            best=name == summary.best_head,
            cells=_cells(model, summary),
            threshold=_threshold(model),
            cost=_cost(name, costs),
        )
        lines.append(line)
        if name == PROBE and summary.linear_probe_augmented is not None:
            again = summary.linear_probe_augmented
            lines.append(
                replace(
                    line,
                    note="on randomly altered images",
                    best=False,
                    cells=_cells(again, summary),
                    threshold=_threshold(again),
                    cost=Cell("as above", ""),
                )
            )
    return lines


def any_undefined(summary: Summary) -> bool:
    """Return whether the table has a number that is not defined."""
    return any(
        None in (estimate.value, estimate.low, estimate.high)
        for model in summary.models.values()
        for estimate in map(model.estimate, summary.metrics)
    )


def _threshold(model: ModelResult | ClassResult) -> str:
    return number(model.threshold) if isinstance(model, ModelResult) else UNDEFINED


def _cells(model: ModelResult | ClassResult, summary: Summary) -> tuple[Cell, ...]:
    estimates = map(model.estimate, summary.metrics)
    return tuple(Cell(number(each.value), interval(each)) for each in estimates)


def _cost(model: str, costs: dict[str, Cost]) -> Cell:
    own = seconds(costs[model].seconds)
    if model == FINETUNE:
        return Cell(own, "whole network")
    return Cell(own, f"+ {seconds(costs['extract'].seconds)} shared")
