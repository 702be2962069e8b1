"""The fingerprint of a data set: one hash of the names and contents of its files."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from pipeline.ingestion.index import FileIndex
from pipeline.layouts.files import Tree, find_files, require_folder
from radbank.files import sha256_file
from radbank.parallel import ordered_map
from radbank.progress import track

_NO_FILE = "it cannot be opened"  # stands where the hash of a file would


def fingerprint(root: Path, beside: Sequence[Path] = ()) -> dict[str, int | str]:
    """Hash what ingest and prepare can see of a data set, and say how many files were read for it.

    Files are those of :func:`pipeline.layouts.files.find_files`, links followed, tables and texts
    included. Of what is not read, names and reasons count, and of links where they lead. A file
    that did not change since an earlier call is not read again.

    Parameters
    ----------
    root
        Folder of the data set.
    beside
        Tables that may lie elsewhere, as that of patients.

    Returns
    -------
    dict
        ``files``: how many there are. ``sha256``: the hash, which names no file and does not
        depend on times and on where the root lies.

    Raises
    ------
    RadbankError
        If the root is no folder.
    """
    require_folder(root)
    tree = find_files(root)
    files = sorted(map(str, (*tree.files, *tree.litter)))
    digests = _hash_files(root.resolve(), files)
    rows = [*zip(files, digests, strict=True), *_unread(root, tree)]
    rows += [
        ("", _hash_below(Path(), str(table)) if table.is_file() else _NO_FILE) for table in beside
    ]
    total = hashlib.sha256()
    for path, what in rows:
        total.update(f"{path}\0{what}\0".encode("utf-8", "surrogateescape"))
    return {"files": len(files), "sha256": total.hexdigest()}


def _unread(root: Path, tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield what is not read: its path, and why or where it leads."""
    for item in sorted(tree.lost, key=lambda each: each.path):
        yield item.path, item.reason
    top = os.path.realpath(root)
    for item in sorted(tree.passed_over, key=lambda each: each.path):
        end = os.path.realpath(root / item.path)
        yield item.path, f"{item.reason}: {os.path.relpath(end, top)}"


def _hash_files(root: Path, paths: list[str]) -> list[str]:
    """Return the hash of each file, reading those that the index does not know."""
    index = FileIndex.open("hashed", root, "sha256", encode=str, decode=_digest)
    marks = {path: index.mark(path) for path in paths}
    hashes = {path: index.found[mark] for path, mark in marks.items() if mark in index.found}
    fresh = [path for path in paths if path not in hashes]
    read = ordered_map(partial(_hash_below, root), fresh, scheduler=None)
    if fresh:
        read = track(read, "hashing files", total=len(fresh), unit="files")
    try:
        for path, digest in zip(fresh, read, strict=True):
            hashes[path] = digest
            if digest != _NO_FILE:
                index.add(marks[path], digest)
    finally:
        index.save(set(marks.values()))
    print(f"{len(paths)} files, {len(fresh)} of them new or changed")
    return [hashes[path] for path in paths]


def _hash_below(root: Path, path: str) -> str:
    try:
        return sha256_file(root / path)
    except OSError:
        return _NO_FILE


def _digest(entry: object) -> str:
    if not isinstance(entry, str):
        raise TypeError(entry)
    return entry
