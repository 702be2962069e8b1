"""Folders of a user's own, outside projects: keys, caches and the bank."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from radbank.errors import RadbankError

BANK_VARIABLE = "RADBANK_BANK"
_KEY = "pseudonyms.key"
_BYTES = 32


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
        If the file cannot be written or read, or holds no key.
    """
    path = home() / _KEY
    try:
        if not path.exists():
            _draw(path)
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise RadbankError(
            f"The key for pseudonyms cannot be kept in {path} ({type(error).__name__}): make the "
            "folder writable, or set RADBANK_HOME to an absolute path of another one."
        ) from None
    if len(key) < _BYTES:
        raise RadbankError(f"{path} holds no key of {_BYTES} bytes: restore it from a backup.")
    return key


def _draw(path: Path) -> None:
    """Generate a key and write it atomically, unless another process has written one first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # a rename would replace the other process's key
            path.hardlink_to(temporary)
    finally:
        temporary.unlink()
