"""Class folders of images, on their own or below train, validation and test folders.

``<class>/**/<file>`` or ``<split>/<class>/**/<file>``. Hidden files and folders, and those that
archives add (``__MACOSX``), are passed over.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipeline.artifacts.quarantine import Rejected
from pipeline.layouts.base import Entry, Layout, Listing
from pipeline.layouts.ids import shortest_ids
from pipeline.layouts.labels import classify
from pipeline.layouts.misread import doubts
from pipeline.layouts.splits import SPLITS
from radbank.errors import RadbankError


def list_cases(root: Path, positive: str | None) -> Listing:
    """List the images below class folders.

    Parameters
    ----------
    root
        Folder with the class folders, or with folders that hold them and are named as in
        :data:`pipeline.layouts.splits.SPLITS`.
    positive
        The class that counts as positive: see :func:`pipeline.layouts.labels.classify`.

    Raises
    ------
    RadbankError
        If there are fewer than two classes, `positive` is none of them, or split folders and other
        folders lie side by side.
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
    labelled = [path for path in paths if len(path.parts) > depth]
    folders = [path.parts[depth - 1] for path in labelled]
    _check(sorted(set(folders)), positive, root)
    labels, classes = classify([[name] for name in folders], positive, str(root))
    ids = shortest_ids(labelled)
    entries = [
        Entry(
            id=ids[path],
            group=ids[path],
            path=str(path),
            label=label,
            finding=folder,
            official_split=SPLITS[path.parts[0].lower()] if divided else None,
        )
        for path, folder, label in zip(labelled, folders, labels, strict=True)
    ]
    stray = [path for path in paths if len(path.parts) <= depth]
    reason = "it lies outside the class folders and so has no label"
    rejected = [Rejected(str(path), reason) for path in stray]
    cautions = doubts([[name] for name in folders], "the folders")
    return Listing(entries, classes, rejected, cautions=cautions)


LAYOUT = Layout(list_cases)


def _seen(path: Path) -> bool:
    return not path.name.startswith((".", "__"))


def _files(folder: Path, below: PurePosixPath) -> Iterator[PurePosixPath]:
    """Yield all files, relative to the root, in order."""
    for entry in sorted(filter(_seen, folder.iterdir())):
        if entry.is_dir():
            yield from _files(entry, below / entry.name)
        elif entry.is_file():
            yield below / entry.name


def _check(names: list[str], positive: str | None, root: Path) -> None:
    """Refuse a single class, and a positive class that has no folder."""
    if len(names) < 2:
        raise RadbankError(
            f"data.layout folder needs two class folders or more with images in {root}, found "
            f"{', '.join(names) or 'none'}."
        )
    if positive is not None and positive not in names:
        raise RadbankError(
            f"data.positive is {positive!r}, which is none of the class folders "
            f"{' and '.join(names)}."
        )
