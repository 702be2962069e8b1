"""Examine every file of a data set, with a cache for files that did not change.

What was learned is kept in the user's own folder, because DVC deletes the outputs of a stage
before it runs. A file counts as the same while its path, size and time of change are. The index
holds keyed hashes of paths, and of headers only what data/cases.parquet holds too.
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipeline import imaging
from pipeline.imaging.examine import Facts, examine
from pipeline.imaging.header import Header
from pipeline.imaging.image import UnreadableImage
from pipeline.ingestion.pseudonyms import pseudonym
from radbank.errors import RadbankError
from radbank.files import read_json, write_text
from radbank.home import home, secret_key
from radbank.parallel import ordered_map

Outcome = Facts | UnreadableImage

_DECODERS = ("numpy", "pillow", "pydicom", "pyjpegls", "pylibjpeg-openjpeg", "python-gdcm")
_SETTLED = 2 * 10**9  # nanoseconds; two changes that far apart have different times


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
    index = HeaderIndex.open(root, frame)
    marks = [index.mark(root, path) for path in paths]
    fresh = [path for path, mark in zip(paths, marks, strict=True) if mark not in index.outcomes]
    results = ordered_map(partial(_examine_below, root, frame), fresh, scheduler=scheduler)
    try:
        for mark in marks:
            outcome = index.outcomes.get(mark)
            if outcome is None:
                outcome = next(results)
                index.add(mark, outcome)
            yield outcome
    finally:
        index.save(set(marks))
    known = len(paths) - len(fresh)
    if known:
        print(f"{known} of {len(paths)} files are unchanged since they were last read")


class HeaderIndex:
    """A cache of what earlier runs found in the files below one root.

    Parameters
    ----------
    path
        The file of the cache; None keeps nothing.
    key
        Key of the hashes in it.
    made_with
        Hash of code, decoders and settings, on which its contents depend besides the files.
    """

    def __init__(self, path: Path | None, key: bytes, made_with: str) -> None:
        self.path = path
        self.key = key
        self.made_with = made_with
        self.outcomes: dict[str, Outcome] = {}
        self._changed = False

    @classmethod
    def open(cls, root: Path, frame: int | None) -> "HeaderIndex":
        """Read the index of a root, as far as it was made with the same code and settings."""
        try:
            key = secret_key()
        except RadbankError as error:
            print(f"every file is read anew: {error}", file=sys.stderr)
            return cls(None, b"", "")
        path = home() / "examined" / f"{pseudonym(key, 'root', str(root))}.json"
        index = cls(path, key, f"{_code()} frame {frame}")
        if path.is_file():
            try:
                content = read_json(path)
                if content["made_with"] == index.made_with:
                    files = content["files"].items()
                    index.outcomes = {mark: _outcome(entry) for mark, entry in files}
            except (OSError, ValueError, TypeError, AttributeError, LookupError):
                print("every file is read anew: the index of files is damaged", file=sys.stderr)
        return index

    def mark(self, root: Path, path: str) -> str:
        """Return the cache key of a file (hash of path, size, time); empty if it has none."""
        try:
            state = (root / path).stat()
        except OSError:
            return ""
        if self.path is None or abs(time.time_ns() - state.st_mtime_ns) < _SETTLED:
            return ""
        return pseudonym(self.key, "file", f"{path}\0{state.st_size}\0{state.st_mtime_ns}")

    def add(self, mark: str, outcome: Outcome) -> None:
        """Add what was found in a file to the cache."""
        if mark:
            self.outcomes[mark] = outcome
            self._changed = True

    def save(self, marks: set[str]) -> None:
        """Write the index, of the files of this run only."""
        if self.path is None or not self._changed:
            return
        files = {
            mark: str(outcome) if isinstance(outcome, UnreadableImage) else _entry(outcome)
            for mark, outcome in sorted(self.outcomes.items())
            if mark in marks
        }
        try:
            content = {"made_with": self.made_with, "files": files}
            write_text(self.path, json.dumps(content) + "\n")
        except OSError:
            print("the index of files cannot be written, so it is not kept", file=sys.stderr)


def _entry(facts: Facts) -> dict[str, Any]:
    return {**vars(facts), "header": vars(facts.header)}


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
