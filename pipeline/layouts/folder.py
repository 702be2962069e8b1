"""Class folders of images, on their own or below train, validation and test folders.

``<class>/**/<file>`` or ``<split>/<class>/**/<file>``. Which files count says
:mod:`pipeline.layouts.files`.
"""

from pathlib import Path, PurePosixPath

from pipeline.artifacts.quarantine import Rejected
from pipeline.layouts.base import Entry, Layout, Listing
from pipeline.layouts.files import Tree, find_files, litter
from pipeline.layouts.ids import shortest_ids
from pipeline.layouts.labels import classify
from pipeline.layouts.misread import doubts
from pipeline.layouts.split_folders import find_splits
from radbank.errors import RadbankError


def list_cases(root: Path, positive: str | None) -> Listing:
    """List the images below class folders.

    Parameters
    ----------
    root
        Folder with the class folders, or with folders that hold them and are named as splits are:
        see :func:`pipeline.layouts.split_folders.find_splits`.
    positive
        The class that counts as positive: see :func:`pipeline.layouts.labels.classify`.

    Raises
    ------
    RadbankError
        If there are fewer than two classes, `positive` is none of them, or split folders and other
        folders lie side by side.
    """
    tree = find_files(root)
    splits, cautions = find_splits(tree.files, root)
    depth = 2 if splits else 1  # parts of a path down to its class
    labelled = [path for path in tree.files if len(path.parts) > depth]
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
            official_split=splits.get(path.parts[0]),
        )
        for path, folder, label in zip(labelled, folders, labels, strict=True)
    ]
    stray = [path for path in tree.files if len(path.parts) <= depth]
    cautions += doubts([[name] for name in folders], "the folders")
    return Listing(
        entries,
        classes,
        [*(_stray(path) for path in stray), *tree.lost],
        passed_over=_passed_over(tree, depth),
        cautions=cautions,
    )


LAYOUT = Layout(list_cases)


def _stray(path: PurePosixPath) -> Rejected:
    return Rejected(str(path), "it lies outside the class folders and so has no label")


def _passed_over(tree: Tree, depth: int) -> list[Rejected]:
    """Return what does not count as unusable; of a text outside the classes say that."""
    outside = {str(path) for path in tree.litter if len(path.parts) <= depth}
    return [
        _stray(PurePosixPath(item.path)) if item.path in outside else item for item in litter(tree)
    ]


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
