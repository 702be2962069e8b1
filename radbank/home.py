"""Folders of a user's own, outside projects: keys, caches and the bank."""

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from radbank.errors import RadbankError

BANK_VARIABLE = "RADBANK_BANK"
_KEY = "pseudonyms.key"
_BYTES = 32
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}  # of some drives


def home() -> Path:
    """Return the folder of radbank's own data: `RADBANK_HOME`, else the system's place for it.

    Raises
    ------
    RadbankError
        If `RADBANK_HOME` is not an absolute path.
    """
    return _given_home() or user_data_path("radbank")


def cache() -> Path:
    """Return the folder of radbank's caches: `RADBANK_HOME`, else the system's place for caches.

    Raises
    ------
    RadbankError
        If `RADBANK_HOME` is not an absolute path.
    """
    return _given_home() or user_cache_path("radbank")


def bank_place() -> str:
    """Return where the bank of embeddings is: `RADBANK_BANK`, else a folder in the cache.

    Returns
    -------
    str
        An absolute path, or an address that fsspec knows such as ``s3://bucket/bank``.

    Raises
    ------
    RadbankError
        If `RADBANK_BANK` is neither, or `RADBANK_HOME` is not an absolute path.
    """
    given = os.environ.get(BANK_VARIABLE)
    if not given:
        return str(cache() / "bank")
    if "://" not in given and not Path(given).is_absolute():
        raise RadbankError(
            f"{BANK_VARIABLE} is {given!r}: set it to an absolute path, because experiments run "
            "in folders of their own, or to an address such as s3://bucket/bank."
        )
    return given


def _given_home() -> Path | None:
    given = os.environ.get("RADBANK_HOME")
    if not given:
        return None
    if not Path(given).is_absolute():
        raise RadbankError(f"RADBANK_HOME is {given!r}: set it to an absolute path.")
    return Path(given)


def secret_key() -> bytes:
    """Return this user's secret key for pseudonyms; the first call generates it.

    Only the user can read its file. Whoever has it can tell which name a pseudonym stands for by
    trying names, so it belongs in no project and no output.

    Raises
    ------
    RadbankError
        If the file cannot be written or read, holds no key, or others can read it.
    """
    path = home() / _KEY
    try:
        if not path.exists():
            _draw(path)
        mode = path.stat().st_mode
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise RadbankError(
            f"The key for pseudonyms cannot be kept in {path} ({type(error).__name__}): make the "
            "folder writable, or set RADBANK_HOME to an absolute path of another one."
        ) from None
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        raise RadbankError(
            f"{path} can be read by others, who can then tell which names the pseudonyms stand "
            f"for: run `chmod 600 {path}`, or set RADBANK_HOME to a folder that is yours alone."
        )
    if len(key) < _BYTES:
        raise RadbankError(f"{path} holds no key of {_BYTES} bytes: restore it from a backup.")
    return key


def _draw(path: Path) -> None:
    """Generate a key and write it atomically, unless another process has written one first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secrets.token_hex(_BYTES) + "\n"
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        _write_new(temporary, key)
        with suppress(FileExistsError):  # a rename would replace the other process's key
            try:
                path.hardlink_to(temporary)
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                _write_new(path, key)
    finally:
        temporary.unlink(missing_ok=True)


def _write_new(path: Path, text: str) -> None:
    """Write a file that only the user can read; raise FileExistsError if it is there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
