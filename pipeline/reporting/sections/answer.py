"""The answer, before anything else: what fine-tuning adds to the best head, and at what cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.artifacts.cost import Cost
from pipeline.artifacts.results import Estimate
from pipeline.artifacts.summary import Summary
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.section import Section
from pipeline.reporting.sections.cost import from_bank_in_words
from pipeline.reporting.style import label, name_in_words
from pipeline.reporting.text import (
    interval_or_why,
    number,
    ratio_of,
    seconds_or_none,
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
        What is compared of the best head's and fine-tuning's costs; empty without both of them.
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
            _detail(level, summary.models[name].auc),
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
                _detail(level, difference, signed=True),
            )
        )
    sentence = ""
    if summary.best_head in summary.models and summary.primary in summary.models:
        head, tuned = costs[summary.best_head], costs[summary.primary]
        figures += _cost_figures(name_in_words(summary.primary), tuned, head)
        sentence = _cost_sentence(costs)
    return ReportAnswer(summary.conclusion or "", sentence, tuple(figures))


def _detail(level: str, estimate: Estimate, *, signed: bool = False) -> str:
    """Write an interval with its level, or why there is none."""
    written = interval_or_why(estimate, signed=signed)
    return written if estimate.because is not None else f"{level} interval {written}"


def _cost_figures(name: str, tuned: Cost, head: Cost) -> list[KeyFigure]:
    """Return how many times as long fine-tuning takes: to a trained model, and for new images."""
    spent = [each.to_train.seconds for each in (tuned, head)]
    new = [each.inference.seconds_per_1000 for each in (tuned, head)]
    return [
        KeyFigure(
            f"Training: {name} against best head",
            ratio_of(*spent),
            f"{' s against '.join(map(seconds_or_none, spent))} s",
        ),
        KeyFigure(
            f"Inference: {name} against best head",
            ratio_of(*new),
            f"{' s against '.join(map(seconds_or_none, new))} s for 1,000",
        ),
    ]


def _cost_sentence(costs: dict[str, Cost]) -> str:
    """Say what is compared, and how much of it the bank spared."""
    words = (
        "Seconds of training lead from prepared images to a trained model: those of a head are "
        "embedding the views that it uses, search and fit; those of fine-tuning search among "
        "learning rates and training. Start-up (imports, loading and converting networks) is left "
        "out. Seconds of inference are of 1,000 new images through the whole network."
    )
    return " ".join(filter(None, [words, from_bank_in_words("embeddings", costs["extract"].bank)]))


def _context(evidence: Evidence) -> Mapping[str, Any]:
    return {"answer": answer(evidence.summary, evidence.costs)}


section = Section("The answer", _context)
