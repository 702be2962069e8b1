"""Patient groups of images: from a table, the file's name or the layout's own id."""

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pipeline.artifacts.table import read_table
from pipeline.layouts.base import Entry
from radbank.errors import RadbankError


def regroup(entries: list[Entry], table: str | None, pattern: str | None) -> list[Entry]:
    """Replace the layout's groups by true patients.

    Parameters
    ----------
    entries
        What the layout listed.
    table
        CSV whose first column holds ids and whose second holds patients, or None.
    pattern
        Regular expression searched in the stem of a file's name: its first group, or the whole
        match, is the patient; a file that it does not match keeps the layout's group. Or None.

    Raises
    ------
    RadbankError
        If both are given, the table lacks an id or contradicts itself, or the pattern is invalid.
    """
    if table is not None and pattern is not None:
        raise RadbankError(
            "data.groups and data.group_pattern exclude each other: set one to null."
        )
    if table is not None:
        patients = _read(Path(table))
        lacking = sorted(entry.id for entry in entries if entry.id not in patients)
        if lacking:
            raise RadbankError(
                f"{table} (data.groups) names no patient for {len(lacking)} of {len(entries)} "
                f"images, {', '.join(lacking[:3])} among them: add them."
            )
        return [replace(entry, group=patients[entry.id]) for entry in entries]
    if pattern is not None:
        try:
            expression = re.compile(pattern)
        except re.error as error:
            raise RadbankError(f"data.group_pattern is no regular expression: {error}.") from None
        return [replace(entry, group=_search(expression, entry)) for entry in entries]
    return entries


def _read(path: Path) -> dict[str, str]:
    table = read_table(path)
    if len(table.columns) < 2:
        raise RadbankError(f"{path} (data.groups) needs two columns: ids, then patients.")
    pairs = table.iloc[:, :2].drop_duplicates()
    ids, patients = pairs.iloc[:, 0], pairs.iloc[:, 1]
    if ids.duplicated().any():
        again = ids[ids.duplicated()].iloc[0]
        raise RadbankError(f"{path} (data.groups) gives {again} to more than one patient.")
    return {case: patient for case, patient in zip(ids, patients, strict=True) if patient}


def _search(expression: re.Pattern[str], entry: Entry) -> str:
    match = expression.search(PurePosixPath(entry.path).stem)
    if match is None:
        return entry.group
    return (match[1] if expression.groups else match[0]) or entry.group
