"""Blob storage: small files under a folder or URL, each read and written as a whole."""

import contextlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from radbank.errors import RadbankError
from radbank.files import atomic_path
from radbank.remote import exists, is_url


@dataclass(frozen=True, kw_only=True)
class BlobInfo:
    """One file.

    Attributes
    ----------
    path
        Relative to the root, with forward slashes.
    size
        Bytes.
    used
        When it was last written or touched, in seconds since 1970; 0 where the store is silent.
    """

    path: str
    size: int
    used: float


class Blobs:
    """The files under one root, each read and written atomically.

    Parameters
    ----------
    place
        Absolute path, or an address that fsspec knows (``s3://bucket/bank``).

    Raises
    ------
    RadbankError
        If the address cannot be reached, or files there would not last or are not a folder's.
    """

    def __init__(self, place: str) -> None:
        self.place = place
        if "::" in place or place.startswith("memory://"):
            raise RadbankError(
                f"There can be no bank at {place}: files in memory end with the process, and "
                "chained addresses (::) cannot be written to. Set RADBANK_BANK to an absolute "
                "path, or to an address such as s3://bucket/bank."
            )
        if Path(place).is_file():
            raise RadbankError(
                f"There can be no bank at {place}, which is a file: set RADBANK_BANK to a folder."
            )
        if is_url(place):
            exists(place)  # raises if the storage cannot be reached
        self._files, self._root = fsspec.core.url_to_fs(place)
        self._local = isinstance(self._files, LocalFileSystem)

    def __repr__(self) -> str:
        return f"Blobs({self.place!r})"

    def entries(self, folder: str = "") -> list[BlobInfo]:
        """Return all files below a folder, sorted by path; none if there is no such folder."""
        self._files.invalidate_cache()
        try:
            found: dict[str, dict[str, Any]] = self._files.find(self._at(folder), detail=True)
        except FileNotFoundError:
            return []
        return [
            BlobInfo(
                path=path[len(self._root) :].lstrip("/"),
                size=int(info["size"]),
                used=_modified(info),
            )
            for path, info in sorted(found.items())
        ]

    def read(self, path: str) -> bytes:
        """Return a file's bytes.

        Raises
        ------
        OSError
            If it is not there or cannot be read.
        """
        content: bytes = self._files.cat_file(self._at(path))
        return content

    def read_starts(self, paths: Sequence[str], size: int) -> list[bytes]:
        """Return the first bytes of files, empty for those that cannot be read.

        Parameters
        ----------
        paths
            Of the files; on a remote store they are asked for together.
        size
            Bytes of each, less where a file is shorter.
        """
        if not paths:
            return []
        places = [self._at(path) for path in paths]
        found = self._files.cat_ranges(places, 0, size, on_error="return")
        return [header if isinstance(header, bytes) else b"" for header in found]

    def read_parts(self, parts: Sequence[tuple[str, int, int]]) -> list[bytes]:
        """Return parts of files, on a remote store asked for together.

        Parameters
        ----------
        parts
            Of each the path, where it begins and where it ends, in bytes.

        Raises
        ------
        OSError
            If one of the files is not there or cannot be read.
        """
        paths, starts, ends = (list(each) for each in zip(*parts, strict=True))
        found: list[bytes] = self._files.cat_ranges(
            [self._at(path) for path in paths], starts, ends, on_error="raise"
        )
        return found

    def free(self) -> int | None:
        """Return how many bytes are free where the files are; None where nobody knows."""
        if not self._local:
            return None
        folder = Path(self._root)
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free

    def write(self, path: str, content: bytes) -> None:
        """Write a file in one step; what was there is replaced.

        Raises
        ------
        OSError
            If it cannot be written; nothing is left of it then.
        """
        if self._local:
            with atomic_path(self._at(path)) as temporary:
                temporary.write_bytes(content)
        else:
            self._files.pipe_file(self._at(path), content)

    def delete(self, path: str) -> None:
        """Delete a file, if it is there."""
        with contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._at(path))

    def delete_empty(self, folder: str) -> None:
        """Delete a folder that holds no files; remote stores have no folders."""
        if self._local:
            for path in (
                *sorted(Path(self._at(folder)).rglob("*/"), reverse=True),
                Path(self._at(folder)),
            ):
                with contextlib.suppress(OSError):  # somebody has written there
                    path.rmdir()

    def touch(self, path: str) -> None:
        """Set a file's modification time to now, if the storage supports it and the user may."""
        if self._local:
            with contextlib.suppress(OSError):
                self._files.touch(self._at(path), truncate=False)

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root


def _modified(info: dict[str, Any]) -> float:
    """Return when a file was last changed, as the kind of store says it."""
    for name in ("mtime", "LastModified", "last_modified", "updated", "created"):
        match info.get(name):
            case float() | int() as seconds:
                return float(seconds)
            case datetime() as moment:
                return moment.timestamp()
    return 0.0
