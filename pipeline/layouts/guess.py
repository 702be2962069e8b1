"""Guess which images are of one patient, for a user to confirm."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from pipeline.artifacts.table import read_table
from pipeline.layouts.base import Entry
from pipeline.layouts.patient_columns import patient_columns
from pipeline.layouts.pattern import find_patients
from radbank.errors import RadbankError

_PATTERNS = (
    r"([^/]+)/[^/]+$",  # the file's folder; no name has a slash, so the path is searched
    r"^(\D*\d+)",  # a name up to its first number: person12_bacteria_3 is of person12
    r"^(.+)[-_ ][^-_ ]+$",  # a name without its last part: IM-0115-0001 is of IM-0115
)
_MOST = 50  # images of one patient, above which a pattern found something else


def guess_pattern(entries: Sequence[Entry]) -> str | None:
    r"""Return a pattern for `data.group_pattern` by which some patients have several images.

    None where no pattern fits: where all names are apart, or images have one name in common.

    Parameters
    ----------
    entries
        As a layout lists them, each a patient of its own.

    Examples
    --------
    >>> names = ["ill/p1_a.png", "ill/p1_b.png", "well/p2_a.png", "well/p3_a.png"]
    >>> guess_pattern([Entry(name, name, name, 0, name.split("/")[0]) for name in names])
    '^(\\D*\\d+)'
    """
    return next(_fitting(entries), None)


def _fitting(entries: Sequence[Entry]) -> Iterator[str]:
    paths, classes = [entry.path for entry in entries], [entry.finding for entry in entries]
    for pattern in _PATTERNS:
        try:
            found = find_patients(pattern, paths)
        except RadbankError:
            continue
        several = None not in found and len(set(found)) < len(found)
        if several and found != classes and _plausible(found):
            yield pattern


def _plausible(patients: Sequence[str | None]) -> bool:
    """Tell whether no patient has more images than patients have."""
    return max(Counter(patients).values()) <= min(_MOST, max(len(patients) // 4, 2))


def find_groups(root: Path, entries: Sequence[Entry]) -> PurePosixPath | None:
    """Return the table of the root that says of every image whose it is, if there is one.

    It is a CSV whose first column holds the ids of all images, and whose second is called as
    patients are, or is the last; none of its values has more images than a patient has.
    """
    ids = [entry.id for entry in entries]
    for path in sorted(root.glob("*.csv")):
        try:
            table = read_table(path)
        except RadbankError:
            continue
        second = list(table.columns[1:2])
        if not second or not (table.shape[1] == 2 or patient_columns(second)):
            continue
        patient = dict(zip(table.iloc[:, 0], table.iloc[:, 1], strict=True))
        if patient.keys() >= set(ids) and _plausible([patient[each] for each in ids]):
            return PurePosixPath(path.name)
    return None
