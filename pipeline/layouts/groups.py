"""Patient groups of images: from a table, the file's name or the layout's own id."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pandas as pd

from pipeline.artifacts.quarantine import Rejected, UnusableFilesError
from pipeline.artifacts.table import read_table
from pipeline.layouts.base import Entry, Listing
from pipeline.layouts.blank import is_blank
from pipeline.layouts.files import bare_name
from pipeline.layouts.pattern import find_patients
from pipeline.layouts.spelling import loose, one_spelling
from radbank.errors import RadbankError

_FEW = 10  # folders, below which they are classes, splits or parts of a download
_SMALL = 10  # images a folder, above which it is no patient


def regroup(listing: Listing, table: str | None, pattern: str | None) -> Listing:
    """Replace the layout's groups by true patients, and say what may be wrong with them.

    Parameters
    ----------
    listing
        What the layout listed.
    table
        CSV whose first column holds ids and whose second holds patients, or None.
    pattern
        Regular expression that finds the patient in a file's name or path, or None: see
        :func:`pipeline.layouts.pattern.find_patients`.

    Raises
    ------
    RadbankError
        If both are given, the table lacks an id or contradicts itself, the pattern is invalid or
        finds no patient, or neither is given and the layout saw patients that it does not use.
    """
    if table is not None and pattern is not None:
        raise RadbankError(
            "data.groups and data.group_pattern exclude each other: set one to null."
        )
    entries, notes, cautions = listing.entries, list(listing.notes), list(listing.cautions)
    if table is not None:
        groups = _from_table(Path(table), entries)
    elif pattern is not None:
        found = find_patients(pattern, [entry.path for entry in entries])
        groups = [patient or entry.group for patient, entry in zip(found, entries, strict=True)]
        without = found.count(None)
        said = (
            f"data.group_pattern finds {len({*found} - {None})} patients in "
            f"{len(found) - without} of {len(found)} files"
        )
        if without:
            cautions.append(f"{said}; the others keep the patients of the layout.")
        else:
            notes.append(f"{said}.")
    else:
        groups = [entry.group for entry in entries]
        if listing.unused_patients is not None:
            raise RadbankError(f"{listing.unused_patients}.")
        cautions += _folders(entries)
    # an id that stands for a patient is no name of one
    named = [place for place, entry in enumerate(entries) if groups[place] != entry.id]
    for place, name in zip(named, one_spelling([groups[place] for place in named]), strict=True):
        groups[place] = name
    cautions += _doubts(entries, groups, {groups[place] for place in named})
    regrouped = [replace(entry, group=group) for entry, group in zip(entries, groups, strict=True)]
    return replace(listing, entries=regrouped, notes=tuple(notes), cautions=tuple(cautions))


def _from_table(path: Path, entries: Sequence[Entry]) -> list[str]:
    """Return the patient of each image by the table."""
    patients = _read(path)
    lacking = [entry for entry in entries if entry.id.strip() not in patients]
    if lacking:
        raise UnusableFilesError(
            f"{path} (data.groups) names no patient for {len(lacking)} of {len(entries)} images: "
            f"{_advice(path, lacking)}.",
            [Rejected(entry.path, "data.groups names no patient for it") for entry in lacking],
        )
    return [patients[entry.id.strip()] for entry in entries]


def _advice(path: Path, entries: Sequence[Entry]) -> str:
    """Return what to change in a table that lacks the ids of entries."""
    ids = {entry.id.strip() for entry in entries}
    table = read_table(path)
    if table.columns[0] in ids:
        return "its first row is taken for its header, so put one above"
    for place, name in enumerate(table.columns[1:], 2):
        if not ids.isdisjoint(table[name]):
            return f"its column {place} holds the ids, so move that to the front"
    first = table.iloc[:, 0]
    if not ids.isdisjoint(map(bare_name, first)):
        return "write its ids without the endings of files"
    if not set(map(loose, ids)).isdisjoint(map(loose, first)):
        return "its ids lack leading zeros or differ in case, so write them as the data set does"
    return "add them"


def _read(path: Path) -> dict[str, str]:
    table = read_table(path)
    if table.columns[0].startswith("Unnamed") and table.shape[1] > 2 and _counts_rows(table):
        table = table.iloc[:, 1:]  # the index of a data frame
    if len(table.columns) < 2:
        raise RadbankError(f"{path} (data.groups) needs two columns: ids, then patients.")
    pairs = table.iloc[:, :2].drop_duplicates()
    ids, patients = pairs.iloc[:, 0], pairs.iloc[:, 1]
    if ids.duplicated().any():
        row = ids.index[ids.duplicated()][0] + 1
        raise RadbankError(
            f"{path} (data.groups) gives the image of row {row} to more than one patient."
        )
    return {case: name for case, name in zip(ids, patients, strict=True) if not is_blank(name)}


def _counts_rows(table: pd.DataFrame) -> bool:
    return table.iloc[:, 0].tolist() == [str(row) for row in range(len(table))]


def _doubts(entries: Sequence[Entry], groups: Sequence[str], names: set[str]) -> list[str]:
    """Say how many patients may be one under two names, and how many the layout saw as one."""
    found = []
    alike = defaultdict(set)
    for name in names:
        alike[loose(name)].add(name)
    several = [spellings for spellings in alike.values() if len(spellings) > 1]
    if several:
        found.append(
            f"{sum(map(len, several))} names of patients differ only in case, leading zeros or a "
            f"decimal point, and may be {len(several)} patients: each counts as one of its own."
        )
    parts = defaultdict(set)
    for entry, group in zip(entries, groups, strict=True):
        parts[entry.group].add(group)
    divided = sum(len(each) > 1 for each in parts.values())
    if divided:
        found.append(
            f"{divided} patients of the layout itself are more than one by data.groups or "
            "data.group_pattern, which count."
        )
    return found


def _folders(entries: Sequence[Entry]) -> list[str]:
    """Say that folders may be patients, where no image has one and folders are many and small."""
    folders = {PurePosixPath(entry.path).parent for entry in entries}
    alone = all(entry.group == entry.id for entry in entries)
    if not alone or len(folders) < _FEW or len(folders) * _SMALL < len(entries):
        return []
    return [
        (
            f"The {len(entries)} images lie in {len(folders)} folders, which may be patients, and "
            "each image counts as a patient of its own: data.group_pattern finds patients in paths."
        )
    ]
