"""Who is in the study: the images and patients of each split, and the files left out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.reporting.evidence import Evidence
from pipeline.reporting.section import Section
from pipeline.reporting.text import UNDEFINED, share

SPLITS = {"train": "Training", "validation": "Validation", "test": "Test", "excluded": "Excluded"}

_SEXES = {"F": "Female", "M": "Male"}


@dataclass(frozen=True)
class CohortRow:
    """One line of the table of characteristics: what is counted, and a text for each column."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Lines that belong together, under a title."""

    title: str
    rows: tuple[CohortRow, ...]


@dataclass(frozen=True)
class CohortTable:
    """The table of characteristics: one column a split, and one for all."""

    columns: tuple[str, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Quarantine:
    """The files that could not be used.

    Attributes
    ----------
    n
        How many they are.
    reasons
        Reason and number of files, the most frequent first.
    """

    n: int
    reasons: tuple[tuple[str, int], ...]


def describe_cohort(
    cases: pd.DataFrame, splits: pd.DataFrame, classes: tuple[str, ...]
) -> CohortTable:
    """Describe the images of each split.

    Parameters
    ----------
    cases
        As in data/cases.parquet.
    splits
        As in data/splits.csv; its `group` is the patient, with duplicates joined.
    classes
        Names by label.
    """
    images = cases.drop(columns="group").merge(splits[["id", "group", "split"]], on="id")
    parts = {
        name: images[images["split"] == split]
        for split, name in SPLITS.items()
        if (images["split"] == split).any()
    }
    parts["All"] = images
    columns = list(parts.values())
    size = (
        CohortRow("Images", tuple(f"{len(part):,}" for part in columns)),
        CohortRow("Patients", tuple(f"{part['group'].nunique():,}" for part in columns)),
    )
    groups = [
        Group("Size", size),
        _counts("Class", columns, "label", dict(enumerate(classes))),
        _counts("Sex", columns, "sex", _SEXES),
        _ages(columns),
        _counts("View", columns, "view", _own_names(images["view"])),
    ]
    findings = _own_names(images["finding"])
    if len(findings) > len(classes):
        groups.insert(2, _counts("Finding", columns, "finding", findings))
    return CohortTable(tuple(parts), tuple(groups))


def describe_quarantine(quarantine: pd.DataFrame) -> Quarantine:
    """Describe data/quarantine.csv."""
    reasons = quarantine["reason"].value_counts().rename_axis("reason").reset_index(name="n")
    reasons = reasons.sort_values(["n", "reason"], ascending=[False, True])
    return Quarantine(
        n=len(quarantine),
        reasons=tuple(zip(reasons["reason"], reasons["n"], strict=True)),
    )


def count_cautions(cases: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    """Return each reason to look at images again and how many it is of, the most frequent first."""
    counts = Counter(reason for text in cases["caution"].dropna() for reason in text.split("; "))
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _own_names(column: pd.Series) -> dict[str, str]:
    return {name: name for name in sorted(column.dropna().unique())}


def _counts(
    title: str, parts: list[pd.DataFrame], column: str, names: dict[int, str] | dict[str, str]
) -> Group:
    """Count each value of a column."""
    rows = [
        CohortRow(name, _shares(parts, [int((part[column] == value).sum()) for part in parts]))
        for value, name in names.items()
        if (parts[-1][column] == value).any()
    ]
    return Group(title, (*rows, *_not_recorded(parts, column)))


def _ages(parts: list[pd.DataFrame]) -> Group:
    """Give median and quartiles of the ages."""
    rows = [CohortRow("Median (quartiles)", tuple(_quartiles(part["age"]) for part in parts))]
    if parts[-1]["age"].isna().all():
        rows = []
    return Group("Age, years", (*rows, *_not_recorded(parts, "age")))


def _not_recorded(parts: list[pd.DataFrame], column: str) -> list[CohortRow]:
    """Count the images without a value, in one line or, where every image has one, none."""
    missing = [int(part[column].isna().sum()) for part in parts]
    return [CohortRow("Not recorded", _shares(parts, missing))] if missing[-1] else []


def _shares(parts: list[pd.DataFrame], counts: list[int]) -> tuple[str, ...]:
    return tuple(share(n, len(part)) for n, part in zip(counts, parts, strict=True))


def _quartiles(column: pd.Series) -> str:
    ages = column.dropna().astype(float)
    if ages.empty:
        return UNDEFINED
    low, middle, high = ages.quantile([0.25, 0.5, 0.75])
    return f"{middle:.0f} ({low:.0f} to {high:.0f})"


def _context(evidence: Evidence) -> Mapping[str, Any]:
    cases = evidence.cases
    return {
        "cohort": describe_cohort(cases.frame, evidence.splits, cases.classes),
        "quarantine": describe_quarantine(evidence.quarantine),
        "cautions": count_cautions(cases.frame),
    }


section = Section("The cohort", _context)
