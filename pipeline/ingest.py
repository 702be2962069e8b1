"""Stage ingest: labels, patients and headers in; cases and quarantine out."""

from functools import partial
from pathlib import Path

import pandas as pd

from pipeline.cases import SCHEMA, write_cases
from pipeline.cluster import ordered_map
from pipeline.imaging.examine import Facts, examine
from pipeline.params import Data, load_params
from pipeline.paths import CASES, QUARANTINE
from pipeline.quarantine import count_reasons, write_quarantine
from pipeline.sources import list_cases
from pipeline.sources.base import Entry, Listing, Rejected
from pipeline.sources.groups import regroup
from pipeline.sources.limit import take
from pipeline.stage import run
from radbank.errors import RadbankError
from radbank.progress import track


def main() -> None:
    """Read ``data.root``; write data/cases.parquet and data/quarantine.csv."""
    params = load_params()
    frame, listing = collect(params.data, scheduler=params.cluster.scheduler)
    write_cases(CASES, frame, listing.classes)
    write_quarantine(QUARANTINE, listing.rejected)
    print(summarise(frame, listing))


def collect(data: Data, *, scheduler: str | None = None) -> tuple[pd.DataFrame, Listing]:
    """Find the cases of a data set and open each file once.

    Parameters
    ----------
    data
        The block ``data`` of params.yaml.
    scheduler
        Address of a Dask scheduler, or None for this machine.

    Returns
    -------
    frame
        One row a usable image, columns as in :data:`pipeline.cases.SCHEMA`, sorted by id.
    listing
        What was looked at: its entries are the usable ones, the rest is rejected with a reason.

    Raises
    ------
    RadbankError
        If the data set is not laid out as told, or a class has no usable image.
    """
    root = Path(data.root)
    found = list_cases(data.layout, root, data.positive)
    wanted = take(regroup(found.entries, data.groups, data.group_pattern), data.limit)
    wanted = sorted(wanted, key=lambda entry: entry.id)
    results = ordered_map(
        partial(_examine_below, root.resolve()),
        [entry.path for entry in wanted],
        scheduler=scheduler,
    )
    usable, rows, rejected = [], [], list(found.rejected)
    for entry, result in zip(
        wanted, track(results, "reading files", total=len(wanted)), strict=True
    ):
        if isinstance(result, Facts):
            usable.append(entry)
            rows.append(_row(entry, result))
        else:
            rejected.append(Rejected(entry.path, str(result)))
    listing = Listing(usable, found.classes, rejected)
    _require_both_classes(listing)
    return pd.DataFrame(rows, columns=SCHEMA.names), listing


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
    return "\n".join(lines)


def _examine_below(root: Path, path: str) -> Facts | Exception:
    return examine(root / path)


def _row(entry: Entry, facts: Facts) -> dict[str, object]:
    """Return a case by column name; what a table says goes before the file's own header."""
    told = {name: value for name, value in vars(entry).items() if value is not None}
    return {**vars(entry), **vars(facts), **vars(facts.header), **told}


def _require_both_classes(listing: Listing) -> None:
    present = {entry.label for entry in listing.entries}
    lacking = [name for label, name in enumerate(listing.classes) if label not in present]
    if lacking:
        why = count_reasons(listing.rejected) or "no file was set aside"
        raise RadbankError(
            f"No usable image of class {' or '.join(lacking)} in data.root, and each class needs "
            f"some ({len(listing.rejected)} files set aside: {why})."
        )


if __name__ == "__main__":
    run(main)
