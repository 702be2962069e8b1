"""Pseudonyms: keyed hashes (HMAC-SHA-256) of ids; the key stays with the user."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.layouts.base import Layout, Listing
from pipeline.params import Data
from pipeline.paths import DEMO
from radbank.home import secret_key

_DIGITS = 20  # of 4 bits: two of a million names meet with a chance below 1 in 10**12


def hide_names(listing: Listing, layout: Layout, data: Data) -> Listing:
    """Replace ids and patients by pseudonyms as ``data.pseudonymise`` says.

    By ``auto``, ids and patients that a layout makes of names of files are replaced, and so are
    patients that ``data.groups`` or ``data.group_pattern`` names, whatever the layout, because
    they may be hospital numbers. The synthetic cohort's name nobody and stay.

    Parameters
    ----------
    listing
        What the layout listed, with true patients.
    layout
        How the data set lies on disk.
    data
        The block ``data`` of params.yaml.

    Raises
    ------
    RadbankError
        If the key cannot be read.
    """
    if data.pseudonymise != "auto":
        return pseudonymise(listing) if data.pseudonymise else listing
    if not layout.pseudonymous:
        return pseudonymise(listing)
    named = data.groups is not None or data.group_pattern is not None
    forms = [(layout.own_id, [entry.id for entry in listing.entries])]
    if not named:
        forms.append((layout.own_group, [entry.group for entry in listing.entries]))
    foreign = max(_foreign(form, names) for form, names in forms)
    if foreign:
        caution = (
            f"{foreign} of {len(listing.entries)} ids or patients do not have the form of those "
            f"that the layout {data.layout} was published with, and are kept as they are: if they "
            "name persons, set data.pseudonymise to true."
        )
        listing = replace(listing, cautions=(*listing.cautions, caution))
    if named and Path(data.root) != DEMO:
        return pseudonymise(listing, ids=False)
    return listing


def pseudonymise(listing: Listing, *, ids: bool = True) -> Listing:
    """Replace patients, and ids unless told otherwise, by keyed hashes (HMAC-SHA-256 of RFC 2104).

    Equal names get equal pseudonyms in every run of a user; without the key nobody can tell a
    name from its pseudonym by trying.

    Parameters
    ----------
    listing
        Images, with the ids and groups of their layout.
    ids
        Whether ids are replaced too.

    Raises
    ------
    RadbankError
        If the key cannot be read.
    """
    key = secret_key()
    entries = [
        replace(
            entry,
            id=pseudonym(key, "id", entry.id) if ids else entry.id,
            group=pseudonym(key, "group", entry.group),
        )
        for entry in listing.entries
    ]
    return replace(listing, entries=entries)


def _foreign(form: str | None, names: Sequence[str]) -> int:
    """Count the names that do not have a form."""
    return 0 if form is None else sum(re.fullmatch(form, name) is None for name in names)


def pseudonym(key: bytes, kind: str, name: str) -> str:
    """Return the pseudonym of a name among those of its kind, in hexadecimal."""
    message = f"{kind}\0{name}".encode("utf-8", "surrogateescape")
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:_DIGITS]
