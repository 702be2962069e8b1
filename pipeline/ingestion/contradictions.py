"""Set aside images that occur under two labels."""

from collections import defaultdict
from collections.abc import Sequence

from pipeline.artifacts.quarantine import Rejected
from pipeline.layouts.base import Entry

REASON = "its pixels are those of another file that has another label"


def without_contradictions(
    entries: Sequence[Entry], rows: Sequence[dict[str, object]]
) -> tuple[list[Entry], list[dict[str, object]], list[Rejected]]:
    """Leave out every image whose encoded pixels another image with another label has.

    Neither label can be trusted, so all of them go.

    Parameters
    ----------
    entries
        Images that could be read.
    rows
        What is known of each, by column name.

    Returns
    -------
    entries, rows
        Those that are left, in order.
    rejected
        The others.
    """
    labels = defaultdict(set)
    for entry, row in zip(entries, rows, strict=True):
        labels[row["sha256"]].add(entry.label)
    kept = [place for place, row in enumerate(rows) if len(labels[row["sha256"]]) == 1]
    left = set(kept)
    rejected = [
        Rejected(entry.path, REASON) for place, entry in enumerate(entries) if place not in left
    ]
    return [entries[place] for place in kept], [rows[place] for place in kept], rejected
