"""Pseudonyms: keyed hashes (HMAC-SHA-256) of ids; the key stays with the user."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import replace

from pipeline.layouts.base import Entry
from radbank.home import secret_key

_DIGITS = 20  # of 4 bits: two of a million names meet with a chance below 1 in 10**12


def pseudonymise(entries: Iterable[Entry]) -> list[Entry]:
    """Replace ids and patients by keyed hashes (HMAC-SHA-256 of RFC 2104).

    Equal names get equal pseudonyms in every run of a user; without the key nobody can tell a
    name from its pseudonym by trying.

    Parameters
    ----------
    entries
        Images, with the ids and groups of their layout.

    Raises
    ------
    RadbankError
        If the key cannot be read.
    """
    key = secret_key()
    return [
        replace(
            entry,
            id=pseudonym(key, "id", entry.id),
            group=pseudonym(key, "group", entry.group),
        )
        for entry in entries
    ]


def pseudonym(key: bytes, kind: str, name: str) -> str:
    """Return the pseudonym of a name among those of its kind, in hexadecimal."""
    message = f"{kind}\0{name}".encode("utf-8", "surrogateescape")
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:_DIGITS]
