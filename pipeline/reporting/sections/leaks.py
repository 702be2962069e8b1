"""Copies and people on two sides of the split: what the leak check found, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.artifacts.leaks import LeakCounts
from pipeline.params import Params
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.section import Section

LISTED_PAIRS = 20


@dataclass(frozen=True)
class LeakPair:
    """One line of the table: what a pair is, how similar, and its two images."""

    kind: str
    similarity: str
    images: tuple[str, str]
    groups: tuple[str, str]
    splits: tuple[str, str]


@dataclass(frozen=True)
class LeakReport:
    """The section.

    Attributes
    ----------
    sentences
        What was found.
    pairs
        The first pairs on two sides of the split, LISTED_PAIRS at most.
    n
        How many pairs are on two sides.
    """

    sentences: tuple[str, ...]
    pairs: tuple[LeakPair, ...]
    n: int


def describe_leaks(counts: LeakCounts, pairs: pd.DataFrame, params: Params) -> LeakReport:
    """Describe metrics/leaks.json and data/leaks.csv.

    Parameters
    ----------
    counts
        Of the pairs of each kind.
    pairs
        As :func:`pipeline.leakage.find.find_leaks` returns them.
    params
        Of the run.
    """
    exact, near, person = counts.exact_duplicate, counts.near_duplicate, counts.same_person
    copies = (
        f"Exact copies: {_pairs(exact.pairs)}, {exact.across_groups:,} of them between two "
        f"patients. The split keeps copies on one side: {exact.across_splits:,} are on two."
    )
    near_copies = (
        f"Near duplicates (similarity of {params.leaks.near_duplicate:g} or more): "
        f"{_pairs(near.pairs)}, {near.across_groups:,} between two patients, "
        f"{near.across_splits:,} on two sides of the split."
    )
    sentences = [copies, near_copies]
    if counts.persons_comparable:
        sentences.append(
            f"Perhaps one person under two names (similarity of {params.leaks.same_person:g} or "
            f"more, and sex, age and image size agree): {_pairs(person.pairs)}, "
            f"{person.across_splits:,} on two sides of the split. This finds only some: a pair "
            "that is not listed is no proof of two people."
        )
    else:
        sentences.append(
            "Whether one person comes under two names could not be looked at: sex and age are not "
            "recorded."
        )
    if counts.not_listed:
        sentences.append(f"{_pairs(counts.not_listed)} more, all less similar, are not listed.")
    used = (pairs["split_a"] != "excluded") & (pairs["split_b"] != "excluded")
    apart = pairs[used & (pairs["split_a"] != pairs["split_b"])]
    listed = tuple(
        LeakPair(
            kind=row["kind"],
            similarity=f"{row['similarity']:.3f}",
            images=(row["id_a"], row["id_b"]),
            groups=(row["group_a"], row["group_b"]),
            splits=(row["split_a"], row["split_b"]),
        )
        for row in apart.head(LISTED_PAIRS).to_dict("records")
    )
    return LeakReport(tuple(sentences), listed, len(apart))


def _pairs(n: int) -> str:
    return f"{n:,} pair" if n == 1 else f"{n:,} pairs"


def _context(evidence: Evidence) -> Mapping[str, Any]:
    return {
        "leaks": describe_leaks(evidence.leak_counts, evidence.leaks, evidence.params),
    }


section = Section("Leak checks", _context)
