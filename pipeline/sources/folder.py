"""Class folders of images, on their own or below train, validation and test folders.

``<class>/**/<file>`` or ``<split>/<class>/**/<file>``. Hidden files and folders, and those that
archives add (``__MACOSX``), are passed over.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipeline.sources.base import Entry, Listing, Rejected
from pipeline.sources.ids import shortest_ids
from pipeline.sources.splits import SPLITS
from radbank.errors import RadbankError


def list_cases(root: Path, positive: str | None) -> Listing:
    """List the images below two class folders.

    Parameters
    ----------
    root
        Folder with the class folders, or with folders that hold them and are named as in
        :data:`pipeline.sources.splits.SPLITS`.
    positive
        Name of the positive class; None: the last one alphabetically.

    Raises
    ------
    RadbankError
        If there are not exactly two classes, `positive` is none of them, or split folders and
        other folders lie side by side.
    """
    tops = sorted(folder.name for folder in root.iterdir() if folder.is_dir() and _seen(folder))
    divided = [name for name in tops if name.lower() in SPLITS]
    if divided and divided != tops:
        raise RadbankError(
            f"{root} holds both split folders ({', '.join(divided)}) and others "
            f"({', '.join(sorted(set(tops) - set(divided)))}): keep the one kind."
        )
    depth = 2 if divided else 1  # parts of a path down to its class
    paths = list(_files(root, PurePosixPath()))
    classes = _classes({path.parts[depth - 1] for path in paths if len(path.parts) > depth}, root)
    if positive is not None:
        if positive not in classes:
            raise RadbankError(
                f"data.positive is {positive!r}, which is none of the class folders "
                f"{' and '.join(classes)}."
            )
        classes.sort(key=lambda name: name == positive)
    labelled = [path for path in paths if len(path.parts) > depth]
    ids = shortest_ids(labelled)
    entries = [
        Entry(
            id=ids[path],
            group=ids[path],
            path=str(path),
            label=classes.index(path.parts[depth - 1]),
            finding=path.parts[depth - 1],
            official_split=SPLITS[path.parts[0].lower()] if divided else None,
        )
        for path in labelled
    ]
    stray = [path for path in paths if len(path.parts) <= depth]
    reason = "it lies outside the class folders and so has no label"
    return Listing(
        entries, (classes[0], classes[1]), [Rejected(str(path), reason) for path in stray]
    )


def _seen(path: Path) -> bool:
    return not path.name.startswith((".", "__"))


def _files(folder: Path, below: PurePosixPath) -> Iterator[PurePosixPath]:
    """Yield all files, relative to the root, in order."""
    for entry in sorted(filter(_seen, folder.iterdir())):
        if entry.is_dir():
            yield from _files(entry, below / entry.name)
        elif entry.is_file():
            yield below / entry.name


def _classes(names: set[str], root: Path) -> list[str]:
    if len(names) != 2:
        found = ", ".join(sorted(names)) or "none"
        raise RadbankError(
            f"data.layout folder needs two class folders with images in {root}, found {found}."
        )
    return sorted(names)
