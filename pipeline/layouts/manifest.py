"""A table of images: ``manifest.csv`` or ``manifest.parquet`` in the root, one row an image.

Columns path (below the root, with forward slashes) and label; and, each optional, id, group (the
patient), split, sex, age and view. A label may join several by ``|``. Other columns are passed
over.
"""

from difflib import get_close_matches
from pathlib import Path, PurePosixPath

import pandas as pd

from pipeline.artifacts.quarantine import Rejected, UnusableFilesError, listing_rejected
from pipeline.artifacts.table import read_table
from pipeline.imaging.header import parse_age, parse_sex, parse_view
from pipeline.layouts.absent import say_absent
from pipeline.layouts.base import Entry, Layout, Listing
from pipeline.layouts.blank import is_blank
from pipeline.layouts.files import is_hidden
from pipeline.layouts.ids import shortest_ids
from pipeline.layouts.labels import SEPARATOR, classify, split_labels, why_unlabelled
from pipeline.layouts.misread import doubts
from pipeline.layouts.patient_columns import patient_columns, ungrouped, unused_patients
from pipeline.layouts.splits import split_of
from radbank.errors import RadbankError

FILES = ("manifest.csv", "manifest.parquet")
REQUIRED = ("path", "label")
_OUTSIDE = "its path does not stay below data.root"
_NO_FILE = "the manifest names it but there is no file"
_HIDDEN = "its name, or that of a folder, begins with a dot or __ as those of hidden files do"
_ABSENT = {_OUTSIDE, _NO_FILE}
OPTIONAL = ("id", "group", "split", "sex", "age", "view")


def list_cases(root: Path, positive: str | None) -> Listing:
    """List the images of a manifest.

    Parameters
    ----------
    root
        Folder with the manifest, which all its paths are below.
    positive
        The class that counts as positive: see :func:`pipeline.layouts.labels.classify`.

    Raises
    ------
    RadbankError
        If there is not one manifest, or it lacks a column, repeats a path or an id, or names an
        unknown split.
    """
    name = _find(root)
    table, others = _read(root / name)
    rejected, kept, absent = [], [], []
    for row, path, label in zip(table.index, table["path"], table["label"], strict=True):
        reason = _reason(root, path, label)
        if reason:
            # a path from outside the root may say more than should be written down
            where = f"{name}, row {row + 1}" if is_blank(path) or _leaves(path) else path
            rejected.append(Rejected(where, reason))
            absent += [(row + 1, path)] if reason in _ABSENT else []
        else:
            kept.append(row)
    table = table.loc[kept]
    _refuse_repeats(table["path"], f"{name} names the image of row {{}} twice, first in row {{}}")
    ids = _ids(table, name)
    findings = [split_labels(label) for label in table["label"]]
    if absent and len({each for found in findings for each in found}) < 2:
        raise UnusableFilesError(
            say_absent(name, root, absent, len(kept) + len(rejected)), rejected
        )
    with listing_rejected(rejected):
        labels, classes = classify(findings, positive, name)
    entries = [
        Entry(
            id=case,
            group=case if is_blank(row["group"]) else row["group"],
            path=str(PurePosixPath(row["path"])),
            label=label,
            finding=SEPARATOR.join(each),
            findings=each,
            official_split=_split(row["split"], name),
            sex=parse_sex(row["sex"]),
            age=parse_age(row["age"]),
            view=parse_view(row["view"]),
        )
        for row, case, label, each in zip(
            table.to_dict("records"), ids, labels, findings, strict=True
        )
    ]
    given = [not is_blank(group) for group in table["group"]]
    unused = unused_patients(others, name, "name it 'group'")
    return Listing(
        entries,
        classes,
        rejected,
        unused_patients=None if any(given) else unused,
        notes=(f"{unused}.",) if any(given) and unused else (),
        cautions=(*ungrouped(given, name), *doubts(findings, name)),
    )


LAYOUT = Layout(list_cases, tables=FILES)


def _find(root: Path) -> str:
    there = [name for name in FILES if (root / name).is_file()]
    if len(there) != 1:
        found = "both are" if there else "neither is"
        raise RadbankError(
            f"data.layout manifest needs {' or '.join(FILES)} in {root}, and {found} there."
        )
    return there[0]


def _read(path: Path) -> tuple[pd.DataFrame, list[str]]:
    """Return the columns that the layout knows, as trimmed text, and the names of the others."""
    table = read_table(path, REQUIRED, OPTIONAL)
    known = (*REQUIRED, *OPTIONAL)
    others = sorted(set(table.columns) - set(known))
    for column in sorted(set(others) - set(patient_columns(others))):
        meant = get_close_matches(str(column).strip().lower(), known, n=1, cutoff=0.75)
        if meant and meant[0] not in table.columns:
            raise RadbankError(
                f"{path.name} has a column {column!r}, which is none the layout knows: rename it "
                f"to {meant[0]!r}, or to something less like it."
            )
    table = table.reindex(columns=list(known), fill_value="")
    return table, others


def _leaves(path: str) -> bool:
    """Tell whether a path is absolute or climbs out of the root."""
    pure = PurePosixPath(path)
    return pure.is_absolute() or ".." in pure.parts


def _reason(root: Path, path: str, label: str) -> str | None:
    """Return why a row cannot be used, or None."""
    if is_blank(path):
        return "it has no path"
    if _leaves(path):
        return _OUTSIDE
    if not _is_file(root / path):
        return _NO_FILE
    if is_hidden(path):
        return _HIDDEN
    return why_unlabelled(label, "the manifest")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have: too long, or with a NUL
        return False


def _ids(table: pd.DataFrame, name: str) -> list[str]:
    """Return the ids of the table, or else ones made from the paths."""
    given = ["" if is_blank(case) else case for case in table["id"]]
    if not any(given):
        paths = [PurePosixPath(path) for path in table["path"]]
        made = shortest_ids(paths)
        return [made[path] for path in paths]
    if not all(given):
        raise RadbankError(f"{name} leaves id empty in {given.count('')} rows: fill all or none.")
    _refuse_repeats(
        table["id"],
        f"{name} gives the image of row {{}} the id of another, that of row {{}}",
        ": if it names the patient, call the column 'group'",
    )
    return given


def _refuse_repeats(values: pd.Series, sentence: str, advice: str = "") -> None:
    """Refuse a value that two rows have; the sentence has room for the later and the earlier."""
    # a/./b and a//b are one path
    plain = values.map(lambda value: str(PurePosixPath(value)))
    again = plain.index[plain.duplicated()]
    if len(again):
        earlier = plain.index[plain == plain[again[0]]][0]
        said = sentence.format(again[0] + 1, earlier + 1)
        raise RadbankError(f"{said} ({len(again)} such){advice}.")


def _split(text: str, name: str) -> str | None:
    if is_blank(text):
        return None
    if (split := split_of(text)) is None:
        raise RadbankError(f"{name} has a split {text!r}: write train, validation or test.")
    return split
