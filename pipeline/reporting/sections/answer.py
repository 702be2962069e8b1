"""The answer, before anything else: what fine-tuning adds to the best head, and at what cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.artifacts.cost import Cost
from pipeline.artifacts.summary import Summary
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.section import Section
from pipeline.reporting.style import label, name_in_words
from pipeline.reporting.text import (
    UNDEFINED,
    interval,
    number,
    seconds,
    share,
    times,
    total_seconds,
)


@dataclass(frozen=True)
class KeyFigure:
    """One number of the answer; `detail` is its interval, or what it is made of."""

    name: str
    value: str
    detail: str


@dataclass(frozen=True)
class ReportAnswer:
    """What the report says first.

    Attributes
    ----------
    conclusion
        The sentence of the evaluate stage.
    cost
        What the best head and fine-tuning cost, in a sentence; empty without both of them.
    figures
        The numbers behind it.
    """

    conclusion: str
    cost: str
    figures: tuple[KeyFigure, ...]


def answer(summary: Summary, costs: dict[str, Cost]) -> ReportAnswer:
    """Put together the answer."""
    level, auc = summary.level, summary.auc
    figures = [
        KeyFigure(
            f"{'Best head: ' if name == summary.best_head else ''}{label(name)}, {auc}",
            number(summary.models[name].auc.value),
            f"{level} interval {interval(summary.models[name].estimate('auc'))}",
        )
        for name in (summary.best_head, summary.primary)
        if name in summary.models
    ]
    if summary.primary_minus_best_head is not None:
        difference = summary.primary_minus_best_head.auc
        figures.append(
            KeyFigure(
                f"{label(summary.primary)} minus best head, {auc}",
                number(difference.value, signed=True),
                f"{level} interval {interval(difference, signed=True)}",
            )
        )
    sentence = ""
    if summary.best_head in summary.models and summary.primary in summary.models:
        head = total_seconds(costs, summary.best_head)
        tuned = costs[summary.primary].seconds
        figures.append(
            KeyFigure(
                f"Cost: {name_in_words(summary.primary)} against best head",
                f"{times(tuned / head)} \N{MULTIPLICATION SIGN}" if head else UNDEFINED,
                f"{seconds(tuned)} s against {seconds(head)} s",
            )
        )
        sentence = (
            f"{_embedding(costs['extract'])} and serves all heads; training "
            f"{name_in_words(summary.best_head)} on the embeddings took "
            f"{seconds(costs[summary.best_head].seconds)} s. {label(summary.primary)} took "
            f"{seconds(tuned)} s."
        )
    return ReportAnswer(summary.conclusion or "", sentence, tuple(figures))


def _embedding(cost: Cost) -> str:
    """Say what embedding all images took, and what of that was measured."""
    if not cost.reused:
        return f"Embedding every image once took {seconds(cost.seconds)} s"
    from_bank = f"{share(cost.reused, cost.computed + cost.reused)} embeddings from the bank"
    if cost.seconds_without_bank is None:
        return (
            f"Embedding every image once takes more than the {seconds(cost.seconds)} s measured "
            f"with {from_bank},"
        )
    return (
        f"Embedding every image once takes about {seconds(cost.seconds)} s, counting {from_bank} "
        "at the rate at which they were computed,"
    )


def _context(evidence: Evidence) -> Mapping[str, Any]:
    return {"answer": answer(evidence.summary, evidence.costs)}


section = Section("The answer", _context)
