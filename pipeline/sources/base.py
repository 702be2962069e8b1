"""What a layout hands to ingest: which files there are and what is known of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """A labelled file, not opened yet.

    Attributes
    ----------
    id
        Unique in the listing.
    group
        Patient.
    path
        Below the root, with forward slashes.
    label
        Index into the listing's classes.
    finding
        The detailed class, where the layout has one.
    boxes
        [x, y, width, height] in pixels of the image, or None.
    official_split
        "train", "validation" or "test" where the data come divided, else None.
    """

    id: str
    group: str
    path: str
    label: int
    finding: str | None = None
    boxes: list[list[float]] | None = None
    official_split: str | None = None


@dataclass(frozen=True)
class Rejected:
    """A file set aside, with one clause that says why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Listing:
    """All files of a source: those to read, those set aside, and the class names by label."""

    entries: list[Entry]
    classes: tuple[str, str]
    rejected: list[Rejected] = field(default_factory=list)


#: A layout: from its root and the name of the positive class (or None) to its listing.
Source = Callable[[Path, str | None], Listing]
