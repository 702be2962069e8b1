"""Subsample a cohort by whole patients, reproducibly, for a quick run."""

import hashlib
from collections import defaultdict

from pipeline.layouts.base import Entry
from radbank.errors import RadbankError


def take(entries: list[Entry], limit: int | None) -> list[Entry]:
    """Keep at most `limit` images, of whole patients and of both classes.

    Patients come in the order of a hash of their name, which no seed and no other patient
    changes; first one with each class, then whoever still fits.

    Parameters
    ----------
    entries
        Images to choose from.
    limit
        Images to keep at most; None keeps all.

    Raises
    ------
    RadbankError
        If the limit has no room for a patient of each class.
    """
    if limit is None or limit >= len(entries):
        return entries
    patients: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        patients[entry.group].append(entry)
    order = sorted(patients, key=lambda group: hashlib.sha256(group.encode()).digest())
    chosen: set[str] = set()
    room = limit
    for label in sorted({entry.label for entry in entries}):
        if any(entry.label == label for group in chosen for entry in patients[group]):
            continue
        able = (group for group in order if any(e.label == label for e in patients[group]))
        first = next((group for group in able if len(patients[group]) <= room), None)
        if first is None:
            raise RadbankError(
                f"data.limit is {limit}, which has no room for a whole patient of each class: "
                "raise it."
            )
        chosen.add(first)
        room -= len(patients[first])
    for group in order:
        if group not in chosen and len(patients[group]) <= room:
            chosen.add(group)
            room -= len(patients[group])
    return [entry for entry in entries if entry.group in chosen]
