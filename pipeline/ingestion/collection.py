"""Collect the cases of a data set: list files by its layout, open each once."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from pipeline.artifacts.cases import SCHEMA
from pipeline.artifacts.quarantine import (
    Rejected,
    UnusableFilesError,
    count_reasons,
    write_quarantine,
)
from pipeline.imaging.examine import Facts
from pipeline.ingestion.acceptance import Tally, require_few, why_not
from pipeline.ingestion.contradictions import without_contradictions
from pipeline.ingestion.examination import examine_files
from pipeline.ingestion.pseudonyms import hide_names
from pipeline.layouts import get_layout, list_cases
from pipeline.layouts.base import Entry, Listing
from pipeline.layouts.groups import regroup
from pipeline.layouts.limit import take
from pipeline.params import Data
from pipeline.paths import CASES, QUARANTINE
from radbank.errors import RadbankError
from radbank.progress import track
from radbank.visible import has_hidden, visible

_OLDEST = 90.0  # years: all older ages are one group, since they tell who it is (45 CFR 164.514(b))


def collect(data: Data, *, scheduler: str | None = None) -> tuple[pd.DataFrame, Listing]:
    """Find the cases of a data set, open each file once and write data/quarantine.csv.

    Parameters
    ----------
    data
        The block ``data`` of params.yaml.
    scheduler
        Address of a Dask scheduler, or None for this machine.

    Returns
    -------
    frame
        One row a usable image, columns as in :data:`pipeline.artifacts.cases.SCHEMA`, sorted by id.
    listing
        What was looked at: its entries are the usable ones, the rest is rejected with a reason.

    Raises
    ------
    RadbankError
        If the data set is not laid out as told, a class has no usable image, or more files than
        allowed are unusable.
    """
    root = Path(data.root)
    try:
        found = with_plain_names(list_cases(data.layout, root, data.positive))
        found = regroup(found, data.groups, data.group_pattern)
    except UnusableFilesError as error:
        write_quarantine(QUARANTINE, legible(error.rejected))
        listed = f" {QUARANTINE} lists {len(error.rejected)} files." if error.rejected else ""
        raise RadbankError(f"{error}{listed}") from None
    taken = replace(found, entries=take(found.entries, data.limit))
    hidden = hide_names(taken, get_layout(data.layout), data)
    for sentence in (*hidden.notes, *hidden.cautions):
        print(sentence)
    wanted = sorted(hidden.entries, key=lambda entry: entry.id)
    results = examine_files(
        root.resolve(),
        [entry.path for entry in wanted],
        frame=data.frame,
        scheduler=scheduler,
    )
    usable, rows, unread, unwanted = [], [], [], []
    for entry, result in zip(
        wanted, track(results, "reading files", total=len(wanted)), strict=True
    ):
        if not isinstance(result, Facts):
            unread.append(Rejected(entry.path, str(result)))
            continue
        row = _row(entry, result)
        if (reason := why_not(row, data.accept)) is not None:
            unwanted.append(Rejected(entry.path, reason))
            continue
        usable.append(entry)
        rows.append(row)
    usable, rows, contradictory = without_contradictions(usable, rows)
    unread += contradictory
    set_aside = [*found.rejected, *found.passed_over]
    listing = replace(hidden, entries=usable, rejected=[*set_aside, *unread, *unwanted])
    write_quarantine(QUARANTINE, listing.rejected)
    _require_both_classes(listing)
    tally = Tally(listed=len(found.entries) + len(found.rejected), read=len(wanted))
    require_few(found.rejected, unread, tally, data.max_quarantined)
    return pd.DataFrame(rows, columns=SCHEMA.names), listing


def with_plain_names(listing: Listing) -> Listing:
    """Set aside the files with names that no table can hold or that a terminal would obey.

    Raises
    ------
    RadbankError
        If the name of a class has a control character.
    """
    for name in filter(has_hidden, listing.classes):
        raise RadbankError(
            f"The name of the class {name!r} has a control character, which a terminal would "
            "obey: rename the class."
        )
    usable, rejected = [], list(listing.rejected)
    for entry in listing.entries:
        if (reason := _why_not_plain(entry)) is None:
            usable.append(entry)
        else:
            rejected.append(Rejected(entry.path, reason))
    return replace(
        listing,
        entries=usable,
        rejected=legible(rejected),
        passed_over=legible(listing.passed_over),
    )


def legible(rejected: Iterable[Rejected]) -> list[Rejected]:
    r"""Write control characters and bytes that are no UTF-8 as \x1b and \udcff."""
    return [
        replace(item, path=visible(item.path), reason=visible(item.reason)) for item in rejected
    ]


def summarise(frame: pd.DataFrame, listing: Listing) -> str:
    """Say in a few lines what was found."""
    counts = frame["label"].value_counts()
    classes = ", ".join(f"{counts[label]} {name}" for label, name in enumerate(listing.classes))
    synthetic = " (synthetic demo cohort, no person was imaged)" if frame["synthetic"].any() else ""
    lines = [
        f"{len(frame)} images of {frame['group'].nunique()} patients{synthetic}: {classes}",
        f"{len(listing.rejected)} files set aside"
        + (f": {count_reasons(listing.rejected)}" if listing.rejected else ""),
    ]
    doubtful = frame["caution"].dropna()
    if len(doubtful):
        reasons = count_reasons(Rejected("", reason) for reason in doubtful)
        lines.append(
            f"{len(doubtful)} of the images are used, but look at them: {reasons} "
            f"(column caution of {CASES})"
        )
    return "\n".join(lines)


def _why_not_plain(entry: Entry) -> str | None:
    """Return why the names of a file cannot be used, or None."""
    try:
        entry.path.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    names = (entry.path, entry.id, entry.group, entry.finding or "", *(entry.findings or ()))
    if any(map(has_hidden, names)):
        return "its name, id, patient or label has a control character"
    return None


def _row(entry: Entry, facts: Facts) -> dict[str, object]:
    """Return a case by column name; what a table says goes before the file's own header."""
    told = {name: value for name, value in vars(entry).items() if value is not None}
    row = {**vars(entry), **vars(facts), **vars(facts.header), **told}
    return row | {"age": None if row["age"] is None else min(row["age"], _OLDEST)}


def _require_both_classes(listing: Listing) -> None:
    present = {entry.label for entry in listing.entries}
    lacking = [name for label, name in enumerate(listing.classes) if label not in present]
    if lacking:
        why = count_reasons(listing.rejected) or "no file was set aside"
        raise RadbankError(
            f"No usable image of class {' or '.join(lacking)} in data.root, and each class needs "
            f"some ({len(listing.rejected)} files set aside: {why})."
        )
