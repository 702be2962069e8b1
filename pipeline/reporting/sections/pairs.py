"""Every pair of models: what differs, what the data support, and what the difference costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.artifacts.cost import Cost
from pipeline.artifacts.results import ComparisonsFile, Pair
from pipeline.evaluation.wording import verdict
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.section import Section
from pipeline.reporting.style import label, name_in_words
from pipeline.reporting.text import UNDEFINED, capitalised, interval, number, times, total_seconds


@dataclass(frozen=True)
class PairLine:
    """A line of the table of pairs.

    Attributes
    ----------
    label
        'A minus B'.
    auc, auc_interval, auc_p
        Difference, its interval, and the p-value adjusted for all pairs.
    accuracy, accuracy_interval, accuracy_p
        Likewise.
    shown
        What the data support, and the ratio of costs.
    """

    label: str
    auc: str
    auc_interval: str
    auc_p: str
    accuracy: str
    accuracy_interval: str
    accuracy_p: str
    shown: str


def pair_lines(comparisons: ComparisonsFile, costs: dict[str, Cost], auc: str) -> list[PairLine]:
    """Return a line for every pair of models, in the order of metrics/comparisons.json."""
    return [
        PairLine(
            label=f"{label(pair.first)} minus {name_in_words(pair.second)}",
            auc=number(pair.auc.value, signed=True),
            auc_interval=interval(pair.auc, signed=True),
            auc_p=p_value(pair.auc.p_holm),
            accuracy=number(pair.accuracy.value, signed=True),
            accuracy_interval=interval(pair.accuracy, signed=True),
            accuracy_p=p_value(pair.accuracy.p_holm),
            shown="; ".join(
                [
                    capitalised(
                        verdict(pair, margin=comparisons.margin, auc=auc, name=name_in_words)
                    ),
                    *cost_in_words(pair, costs),
                ]
            ),
        )
        for pair in comparisons.pairs
    ]


def cost_in_words(pair: Pair, costs: dict[str, Cost]) -> list[str]:
    """Say how many times the second model's seconds the first took; nothing where unknown."""
    first, second = (total_seconds(costs, name) for name in (pair.first, pair.second))
    return [f"{times(first / second)} \N{MULTIPLICATION SIGN} the cost"] if second else []


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


def _context(evidence: Evidence) -> Mapping[str, Any]:
    found = evidence.comparisons
    return {
        "pairs": pair_lines(found, evidence.costs, evidence.summary.auc),
        "tests": found.tests,
        "margin": found.margin,
        "auc": evidence.summary.auc_heading,
    }


section = Section("Which differences the data support", _context)
