"""Examine every file of a data set, with an index of those that did not change.

Of headers the index holds only what data/cases.parquet holds too.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipeline import imaging
from pipeline.imaging.examine import Facts, examine
from pipeline.imaging.header import Header
from pipeline.imaging.image import UnreadableImage
from pipeline.ingestion.index import FileIndex
from radbank.parallel import ordered_map

Outcome = Facts | UnreadableImage

_DECODERS = ("numpy", "pillow", "pydicom", "pyjpegls", "pylibjpeg-openjpeg", "python-gdcm")


def examine_files(
    root: Path, paths: Sequence[str], *, frame: int | None, scheduler: str | None
) -> Iterator[Outcome]:
    """Yield what is known of each file, in order.

    Parameters
    ----------
    root
        Absolute path of the data set.
    paths
        Below the root, with forward slashes.
    frame
        Which one of several frames, from 1; None refuses files with several.
    scheduler
        Address of a Dask scheduler, or None for this machine.
    """
    made_with = f"{_code()} frame {frame}"
    index = FileIndex.open("examined", root, made_with, encode=_entry, decode=_outcome)
    marks = [index.mark(path) for path in paths]
    fresh = [path for path, mark in zip(paths, marks, strict=True) if mark not in index.found]
    results = ordered_map(partial(_examine_below, root, frame), fresh, scheduler=scheduler)
    try:
        for mark in marks:
            outcome = index.found.get(mark)
            if outcome is None:
                outcome = next(results)
                index.add(mark, outcome)
            yield outcome
    finally:
        index.save(set(marks))
    known = len(paths) - len(fresh)
    if known:
        print(f"{known} of {len(paths)} files are unchanged since they were last read")


def _entry(outcome: Outcome) -> dict[str, Any] | str:
    if isinstance(outcome, UnreadableImage):
        return str(outcome)
    return {**vars(outcome), "header": vars(outcome.header)}


def _outcome(entry: Any) -> Outcome:  # noqa: ANN401 - JSON is of any type
    if isinstance(entry, str):
        return UnreadableImage(entry)
    return Facts(**{**entry, "header": Header(**entry["header"])})


def _code() -> str:
    """Return a hash that changes with the code that examines files and with its decoders."""
    digest = hashlib.sha256()
    for path in sorted(Path(imaging.__path__[0]).glob("*.py")):
        digest.update(path.read_bytes())
    for package in _DECODERS:
        try:
            digest.update(f"{package} {version(package)}\n".encode())
        except PackageNotFoundError:
            digest.update(f"{package} is not installed\n".encode())
    return digest.hexdigest()


def _examine_below(root: Path, frame: int | None, path: str) -> Outcome:
    return examine(root / path, frame=frame)
