"""Atomic writes of files and folders: a reader sees all of one, or nothing."""

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def is_no_room(error: BaseException | None) -> bool:
    """Tell whether writing failed because the disk, a quota or a limit is exhausted.

    Libraries raise errors of their own then: while they handle the system's, or, if they are
    written in Rust, with its number in words.
    """
    if error is None:
        return False
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return True
    if any(f"(os error {number})" in str(error) for number in _NO_ROOM):
        return True
    return is_no_room(error.__cause__ or error.__context__)


def no_room(error: Exception) -> str | None:
    """Return a sentence about a full disk where that is the error, None where it is another."""
    if not is_no_room(error):
        return None
    name = getattr(error, "filename", None)
    return f"There is no room{f' for {name}' if name else ''} on the disk: free some, then go on."


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; move what was written there to `path` at the end.

    Parameters
    ----------
    path
        The file or folder to write. Its parents are made; what it held before is replaced.

    Yields
    ------
    Path
        A free path in the same folder. Write a file there, or make it a folder and fill it.

    Notes
    -----
    The contents are flushed to disk before the move, so a crash leaves the old contents or the
    new ones, never a part. A file is replaced in one step. A folder that exists is moved aside
    first, because POSIX cannot swap two folders. After an exception nothing is left behind; what
    a killed process left is removed when the same path is written again.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    token = uuid.uuid4().hex[:8]
    temporary, former, lock = _beside(path, token)
    with lock.open("w") as held:
        with suppress(OSError):  # some network drives know no locks; nothing is swept there
            fcntl.flock(held, fcntl.LOCK_EX)
        try:
            yield temporary
            _flush(temporary)
            if path.is_dir():
                path.replace(former)
                temporary.replace(path)
                shutil.rmtree(former)
            else:
                temporary.replace(path)
            _flush_entry(path.parent)
        finally:
            _remove(temporary)
            lock.unlink(missing_ok=True)


def _beside(path: Path, token: str) -> tuple[Path, Path, Path]:
    """Name the new contents, the former ones and the lock that a living writer holds."""
    temporary, former, lock = (
        path.with_name(f".{path.name}.{token}.{kind}")
        for kind in ("partial", "former", "lock.partial")
    )
    return temporary, former, lock


def _sweep(path: Path) -> None:
    """Remove what killed writers of `path` left; put back contents that they had moved aside."""
    ours = re.compile(rf"\.{re.escape(path.name)}\.([0-9a-f]{{8}})\.lock\.partial")
    found = [ours.fullmatch(entry.name) for entry in path.parent.iterdir()]
    for token in [each[1] for each in found if each]:
        temporary, former, lock = _beside(path, token)
        with suppress(FileNotFoundError), lock.open("r+") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue  # its writer is alive, or the drive knows no locks
            if former.exists() and not path.exists():
                former.replace(path)
            _remove(former)
            _remove(temporary)
            lock.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Flush a file, or every file below a folder, to disk."""
    for file in (p for p in path.rglob("*") if p.is_file()) if path.is_dir() else (path,):
        _flush_entry(file)


def _flush_entry(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: str | Path, text: str) -> None:
    """Write UTF-8 text with Unix line ends, atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: str | Path, content: Any) -> None:  # noqa: ANN401 - JSON is of any type
    """Write JSON atomically: keys in the order given, two spaces of indent, no NaN.

    Raises
    ------
    ValueError
        If `content` holds NaN or infinity, which JSON does not know.
    """
    write_text(path, json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def read_json(path: str | Path) -> Any:  # noqa: ANN401 - JSON is of any type
    """Read a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def sha256_file(path: str | Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
