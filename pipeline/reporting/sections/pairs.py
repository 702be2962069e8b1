"""Every pair of models: what differs, what the data support, and what the difference costs."""

from collections.abc import Mapping
from typing import Any

from pipeline.artifacts.cost import Cost
from pipeline.artifacts.results import ComparisonsFile, Pair
from pipeline.artifacts.summary import Summary
from pipeline.evaluation.wording import capitalised, verdict
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.section import Section
from pipeline.reporting.style import label, name_in_words
from pipeline.reporting.tables import Cell, Line, cell
from pipeline.reporting.text import UNDEFINED, number, ratio_of


def pair_lines(
    comparisons: ComparisonsFile, costs: dict[str, Cost], summary: Summary
) -> list[Line]:
    """Return a line for every pair of models, in the order of metrics/comparisons.json.

    The cells are the difference of the AUC, its p-value (adjusted for all pairs but the primary
    one), likewise of the accuracy, and what the data support with the ratio of costs.
    """
    lines = []
    for pair in comparisons.pairs:
        shown = verdict(
            pair,
            margin=comparisons.margin,
            auc=summary.auc,
            unlike=summary.unlike(pair.first, pair.second),
            name=name_in_words,
        )
        words = "; ".join([capitalised(shown), *cost_in_words(pair, costs)])
        cells = (
            cell(pair.auc, signed=True),
            Cell(p_value(pair.auc.p_holm), ""),
            cell(pair.accuracy, signed=True),
            Cell(p_value(pair.accuracy.p_holm), ""),
            Cell(words, ""),
        )
        note = "the primary comparison, not adjusted" if pair.primary else ""
        lines.append(Line(f"{label(pair.first)} minus {name_in_words(pair.second)}", note, cells))
    return lines


def cost_in_words(pair: Pair, costs: dict[str, Cost]) -> list[str]:
    """Say how many times the second model's seconds the first takes; nothing where unknown."""
    first, second = costs[pair.first], costs[pair.second]
    ratios = {
        "training": ratio_of(first.to_train.seconds, second.to_train.seconds),
        "inference": ratio_of(first.inference.seconds_per_1000, second.inference.seconds_per_1000),
    }
    said = [f"{ratio} the {kind}" for kind, ratio in ratios.items() if ratio != UNDEFINED]
    return [f"{' and '.join(said)} seconds"] if said else []


def p_value(p: float | None) -> str:
    """Write a p-value, no finer than it means anything.

    Examples
    --------
    >>> p_value(0.0312), p_value(0.00002), p_value(0.99999)
    ('0.031', '< 0.001', '1.000')
    """
    if p is None:
        return UNDEFINED
    return "< 0.001" if p < 0.001 else number(p)


def margin_in_words(found: ComparisonsFile) -> str:
    """Say which difference would not matter and why, or that nobody said so."""
    if found.margin is None:
        return (
            "No margin was set (evaluate.margin), so no model is called not worse than another: "
            "a difference that is not shown may still be there."
        )
    return (
        f"A difference of less than {found.margin:g} was set beforehand as one that would not "
        f"matter. The reason given: {found.margin_reason}"
    )


def _context(evidence: Evidence) -> Mapping[str, Any]:
    found = evidence.comparisons
    return {
        "pairs": pair_lines(found, evidence.costs, evidence.summary),
        "reading": found.reading,
        "tests": found.tests,
        "margin": margin_in_words(found),
        "auc": evidence.summary.auc_heading,
    }


section = Section("Which differences the data support", _context)
