"""One rule for all layouts: which files of a folder may be images."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.artifacts.quarantine import Rejected
from radbank.errors import RadbankError

SUFFIXES = frozenset({".dcm", ".dicom", ".jpeg", ".jpg", ".png", ".tif", ".tiff"})
_Mark = tuple[int, int]  # device and number of a file or a folder
_OTHER = {
    ".7z", ".bak", ".csv", ".db", ".doc", ".docx", ".gz", ".htm", ".html", ".ini", ".ipynb",
    ".json", ".lnk", ".log", ".md", ".pdf", ".py", ".rar", ".rtf", ".sh", ".tar", ".tmp", ".tsv",
    ".txt", ".url", ".xls", ".xlsx", ".xml", ".yaml", ".yml", ".zip",
}  # fmt: skip
_NAMES = {"changelog", "copying", "dicomdir", "licence", "license", "makefile", "notice", "readme"}


@dataclass(frozen=True)
class Tree:
    """What lies below a folder.

    Attributes
    ----------
    files
        Regular files that may be images, in order.
    litter
        Regular files that are none by their names: tables, texts, what systems leave.
    lost
        What should be files and cannot be opened, with reasons: dangling links, closed folders.
    passed_over
        What is not followed or opened, with reasons: pipes, links to what is listed elsewhere.
    """

    files: list[PurePosixPath] = field(default_factory=list)
    litter: list[PurePosixPath] = field(default_factory=list)
    lost: list[Rejected] = field(default_factory=list)
    passed_over: list[Rejected] = field(default_factory=list)


def require_folder(root: Path) -> None:
    """Raise a RadbankError if the root of a data set is no folder."""
    if not root.is_dir():
        raise RadbankError(f"data.root is {root}, which is no folder: set it in params.yaml.")


def find_files(root: Path, *below: str) -> Tree:
    """List the files at every depth, each folder once, however many links lead to it.

    Hidden files and folders, AppleDouble files (``._x``) and folders that archives add
    (``__MACOSX``) do not count. Linked folders come after the others, so that a link to a folder
    of the same tree is what is passed over.

    Parameters
    ----------
    root
        What paths are relative to.
    below
        Folders below the root to search; none: the root.
    """
    tree = Tree()
    seen: set[_Mark] = set()
    real: set[_Mark] = set()
    links: list[tuple[PurePosixPath, _Mark]] = []
    linked: list[PurePosixPath] = []
    waiting = sorted(PurePosixPath(each) for each in below or ("",))
    for start in [each for each in waiting if (root / each).is_symlink()]:
        waiting.remove(start)
        linked.append(start)
    while waiting or linked:
        if not waiting:
            waiting, linked = sorted(linked), []
        for path, mark, link in _walk(root, waiting.pop(0), seen, linked, tree):
            if link:
                links.append((path, mark))
            else:
                real.add(mark)
                _add(tree, path)
    for path, mark in links:
        if mark in real:
            tree.passed_over.append(Rejected(str(path), "it is a link to a file that is listed"))
        else:
            _add(tree, path)
    tree.files.sort()
    tree.litter.sort()
    return tree


def is_hidden(path: str) -> bool:
    """Tell whether a file, or a folder on the way to it, does not count by its name.

    Examples
    --------
    >>> [is_hidden(path) for path in ("a/b.png", "a/._b.png", ".git/b.png", "__MACOSX/b.png")]
    [False, True, True, True]
    """
    return any(part.startswith((".", "__")) for part in PurePosixPath(path).parts)


def is_litter(name: str) -> bool:
    """Tell whether a file is no image by its name.

    Examples
    --------
    >>> [is_litter(name) for name in ("Thumbs.db", "README", "notes.TXT", "a.PNG", "IM0001")]
    [True, True, True, False, False]
    """
    return PurePosixPath(name).suffix.lower() in _OTHER or name.lower() in _NAMES


def bare_name(name: str) -> str:
    """Return a file's name without the ending of an image, whatever its case.

    Examples
    --------
    >>> bare_name("a.DCM"), bare_name("1.2.840"), bare_name("b.png")
    ('a', '1.2.840', 'b')
    """
    path = PurePosixPath(name)
    return path.stem if path.suffix.lower() in SUFFIXES else name


def _add(tree: Tree, path: PurePosixPath) -> None:
    (tree.litter if is_litter(path.name) else tree.files).append(path)


def _walk(
    root: Path, start: PurePosixPath, seen: set[_Mark], linked: list[PurePosixPath], tree: Tree
) -> Iterator[tuple[PurePosixPath, _Mark, bool]]:
    """Yield regular files and whether each is a link; put linked folders off."""
    waiting = [start]
    while waiting:
        folder = waiting.pop()
        try:
            mark = _mark((root / folder).stat())
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except OSError:
            tree.lost.append(Rejected(str(folder), "the folder cannot be opened"))
            continue
        if mark in seen:
            reason = "it is a link to a folder that is read under another name"
            tree.passed_over.append(Rejected(str(folder), reason))
            continue
        seen.add(mark)
        for entry in entries:
            if is_hidden(entry.name):
                continue
            path = folder / entry.name
            try:
                state = entry.stat()
            except OSError:
                tree.lost.append(Rejected(str(path), "it is a link to nothing"))
                continue
            if stat.S_ISDIR(state.st_mode):
                (linked if entry.is_symlink() else waiting).append(path)
            elif stat.S_ISREG(state.st_mode):
                yield path, _mark(state), entry.is_symlink()
            else:
                tree.passed_over.append(Rejected(str(path), "it is no regular file"))


def _mark(state: os.stat_result) -> _Mark:
    return state.st_dev, state.st_ino


def litter(tree: Tree) -> list[Rejected]:
    """Return what is listed of a tree without counting as unusable."""
    reason = "it is not a DICOM, PNG, JPEG or TIFF file"
    return [*tree.passed_over, *(Rejected(str(path), reason) for path in tree.litter)]
