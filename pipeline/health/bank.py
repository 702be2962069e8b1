"""Check that the bank of embeddings can be written."""

import os
from pathlib import Path

from dask.utils import format_bytes

from features.bank.bank import Bank
from pipeline.health.check import Check, fail, ok
from radbank.errors import RadbankError
from radbank.home import BANK_VARIABLE
from radbank.remote import is_url


def check_bank() -> Check:
    """Look at the bank of embeddings without writing to it."""
    try:
        bank = Bank()
    except RadbankError as error:
        return fail("bank", str(error))
    if not is_url(bank.place) and not _may_be_written(Path(bank.place)):
        return fail(
            "bank",
            f"{bank.place} cannot be written: make it writable, or set {BANK_VARIABLE} to the "
            "absolute path or address of another place",
        )
    size = sum(entry.size for entry in bank.blobs.entries())
    return ok("bank", f"{bank.place}, {format_bytes(size)}")


def _may_be_written(folder: Path) -> bool:
    """Tell whether a folder, or the first above it that exists, lets files be made in it."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)
