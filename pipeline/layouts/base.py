"""The interface of a layout: the files it lists and what is known of each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.artifacts.quarantine import Rejected


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
        The detailed class, where the layout has one; several labels joined by ``|``.
    findings
        Every label, where the layout can give an image more than one, else None.
    boxes
        [x, y, width, height] in pixels of the image, or None.
    official_split
        "train", "validation" or "test" where the data come divided, else None.
    sex, age, view
        What a table says of the person and the exposure, as :class:`pipeline.imaging.header.Header`
        writes it; None leaves it to the file's own header.
    """

    id: str
    group: str
    path: str
    label: int
    finding: str | None = None
    boxes: list[list[float]] | None = None
    official_split: str | None = None
    findings: list[str] | None = None
    sex: str | None = None
    age: float | None = None
    view: str | None = None


@dataclass(frozen=True)
class Listing:
    """All files of a source: those to read, those set aside, and the class names by label.

    Attributes
    ----------
    entries
        The files to read.
    classes
        Names by label.
    rejected
        The files that were set aside.
    passed_over
        What is listed without counting as a file that cannot be used: texts, pipes, second links.
    unused_patients
        A clause that names what looks like the patients and was not used, or None.
    notes
        Sentences for the user who runs ingest.
    cautions
        Sentences for all who read the results too: they name no file and no person.
    """

    entries: list[Entry]
    classes: tuple[str, ...]
    rejected: list[Rejected] = field(default_factory=list)
    passed_over: list[Rejected] = field(default_factory=list)
    unused_patients: str | None = None
    notes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """How a data set lies on disk.

    Attributes
    ----------
    list_cases
        Lists the files without opening an image, from the root and the name of the positive class
        (None: the layout's own rule). Raises a RadbankError where the root is not laid out so.
    pseudonymous
        Whether ids and patients are pseudonyms as they come; else they are names of files or
        anything, and ``data.pseudonymise: auto`` replaces them.
    tables
        Patterns of names, one of which a file in the root of such a data set has; empty: of none.
    own_id, own_group
        Regular expressions of the ids and the patients of the published data set, where the layout
        is that of one; None: of any form.
    """

    list_cases: Callable[[Path, str | None], Listing]
    pseudonymous: bool = False
    tables: tuple[str, ...] = ()
    own_id: str | None = None
    own_group: str | None = None
