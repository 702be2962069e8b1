"""A cache of what was learned of files that did not change, in the user's own folder.

DVC deletes the outputs of a stage before it runs, so what is to be kept lies elsewhere. A file
counts as the same while its path, its size, its time of change and that of its entry in the file
system (ctime, which no program sets back) are. The index holds keyed hashes of paths.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pipeline.ingestion.pseudonyms import pseudonym
from radbank.errors import RadbankError
from radbank.files import read_json, write_text
from radbank.home import home, secret_key

T = TypeVar("T")

SETTLED = 2 * 10**9  # nanoseconds; two changes that far apart have different times


@dataclass
class FileIndex(Generic[T]):
    """A cache of what earlier runs found in the files below one root.

    Attributes
    ----------
    root
        Absolute path of the folder.
    path
        The file of the cache; None keeps nothing.
    key
        Key of the hashes in it.
    made_with
        What its contents depend on besides the files, such as a hash of code and settings.
    encode
        Turns what was found into what JSON can hold.
    found
        What is known, by :meth:`mark`.
    """

    root: Path
    path: Path | None
    key: bytes
    made_with: str
    encode: Callable[[T], Any]
    found: dict[str, T] = field(default_factory=dict)
    _changed: bool = False

    @classmethod
    def open(
        cls,
        folder: str,
        root: Path,
        made_with: str,
        *,
        encode: Callable[[T], Any],
        decode: Callable[[Any], T],
    ) -> "FileIndex[T]":
        """Read the index of a root, as far as it was made with the same.

        Parameters
        ----------
        folder
            The folder of the user's own in which indexes of this kind lie.
        root, made_with, encode
            See the class.
        decode
            Turns what JSON held into what was found; raises a ValueError, TypeError,
            AttributeError or LookupError where that is damaged.
        """
        try:
            key = secret_key()
        except RadbankError as error:
            print(f"every file is read anew: {error}", file=sys.stderr)
            return cls(root, None, b"", "", encode)
        path = home() / folder / f"{pseudonym(key, 'root', str(root))}.json"
        index = cls(root, path, key, made_with, encode)
        if path.is_file():
            try:
                content = read_json(path)
                if content["made_with"] == made_with:
                    index.found = {mark: decode(each) for mark, each in content["files"].items()}
            except (OSError, ValueError, TypeError, AttributeError, LookupError):
                print("every file is read anew: the index of files is damaged", file=sys.stderr)
        return index

    def mark(self, path: str) -> str:
        """Return the cache key of a file below the root; empty if it has none."""
        try:
            state = (self.root / path).stat()
        except OSError:
            return ""
        now = time.time_ns()
        times = (state.st_mtime_ns, state.st_ctime_ns)
        if self.path is None or any(abs(now - each) < SETTLED for each in times):
            return ""
        told = "\0".join(map(str, (state.st_size, *times)))
        return pseudonym(self.key, "file", f"{path}\0{told}")

    def add(self, mark: str, found: T) -> None:
        """Add what was found in a file to the cache."""
        if mark:
            self.found[mark] = found
            self._changed = True

    def save(self, marks: set[str]) -> None:
        """Write the index, of the files of this run only."""
        if self.path is None or not self._changed:
            return
        kept = {mark: self.encode(each) for mark, each in self.found.items() if mark in marks}
        try:
            content = {"made_with": self.made_with, "files": dict(sorted(kept.items()))}
            write_text(self.path, json.dumps(content) + "\n")
        except OSError:
            print("the index of files cannot be written, so it is not kept", file=sys.stderr)
