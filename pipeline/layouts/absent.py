"""Say why files that a table names are not there."""

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from pipeline.layouts.files import bare_name, find_files

_TRIED = 20  # paths looked at: those of one table fail for one reason


def say_absent(table: str, root: Path, absent: Sequence[tuple[int, str]], total: int) -> str:
    """Return a sentence on files that are not there, with what is likely to be changed.

    Parameters
    ----------
    table
        Name of the table.
    root
        The folder that its paths are below.
    absent
        Row, from 1, and path of each file that is not there; at least one.
    total
        Number of files that the table names.
    """
    return (
        f"{len(absent)} of {total} files that {table} names are not there, that of row "
        f"{absent[0][0]} first: {_advice(root, [path for _, path in absent])}."
    )


def _advice(root: Path, paths: Sequence[str]) -> str:
    """Return what to do about the first path for which it can be told."""
    there = [_one_form(str(path)) for path in find_files(root).files]
    if not there:
        return "there is no image below data.root, so set it to the folder of the images"
    tried = paths[:_TRIED]
    remedies = (remedy for path in tried for remedy in _remedies(_one_form(path), there, root))
    return next(remedies, "correct the paths, which start below data.root, or bring the files")


def _remedies(path: str, there: Sequence[str], root: Path) -> Iterator[str]:
    folded = {each.casefold() for each in there}
    plain = path.replace("\\", "/")
    parts = PurePosixPath(plain).parts
    tails = ["/".join(parts[n:]).casefold() for n in range(1, len(parts))]
    if path in there:
        yield "their names are there in another Unicode form, so write them in that"
    if path.casefold() in folded:
        yield "their names are there in other case, so write them in that"
    if plain != path and plain.casefold() in folded:
        yield "write their paths with forward slashes"
    for n, tail in enumerate(tails, 1):
        if tail in folded:
            yield f"leave out the first {n} parts of their paths, which start below data.root"
    if _bare(plain.casefold()) in map(_bare, folded):
        yield "their names are there with another ending, so write that"
    if (root.parent / plain).is_file():
        yield "they are there from the folder above data.root, so set it to that"


def _one_form(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _bare(path: str) -> str:
    pure = PurePosixPath(path)
    return str(pure.with_name(bare_name(pure.name))) if pure.name else path
