"""Maintenance of the bank: verify checksums, and evict the least recently used blocks."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from features.bank.about import read_about
from features.bank.bank import Bank
from features.bank.blobs import BlobInfo, Blobs
from features.bank.block import Block, DamagedBlock, is_block
from features.computation import FLOAT32

_ABANDONED = 3600  # seconds after which nobody is still writing a file
_PARTIAL = re.compile(r"([0-9a-f]{64})/(blocks/)?\.[^/]+\.partial")
_ABOUT = re.compile(r"([0-9a-f]{64})/([a-z]+|fidelity-[0-9a-f]+)\.json")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The result of verifying one block.

    Attributes
    ----------
    path
        In the bank.
    size
        Bytes.
    problem
        What is wrong with it; None if nothing is.
    """

    path: str
    size: int
    problem: str | None


def verify(bank: Bank) -> Iterator[Finding]:
    """Read every block and compare it with the checksum in its name; nothing is changed.

    Blocks that another process prunes meanwhile are passed over.
    """
    for entry in _blocks(bank.blobs.entries()):
        try:
            problem = _problem(bank.blobs, entry)
        except FileNotFoundError:
            continue
        yield Finding(path=entry.path, size=entry.size, problem=problem)


def _problem(blobs: Blobs, entry: BlobInfo) -> str | None:
    digest, _, name = entry.path.split("/")
    try:
        block = Block.from_bytes(blobs.read(entry.path), name)
    except FileNotFoundError:
        raise
    except (DamagedBlock, OSError) as error:
        return str(error)
    if block.computation != digest:
        return "a block of another computation"
    about = read_about(blobs, digest)
    if about is None:
        return None
    widths = about["widths"]  # of each layer, side by side; of activations, the shape
    shape = (sum(widths),) if block.stored == FLOAT32 else tuple(widths)
    found = block.embeddings.shape[1:]
    return None if found == shape else f"numbers of shape {found} where {shape} belongs"


def prune(bank: Bank, limit: int) -> list[BlobInfo]:
    """Delete the least recently used blocks until the rest fits.

    An extraction that is running and misses a deleted block computes it again.

    Parameters
    ----------
    bank
        The bank.
    limit
        Bytes that its blocks may take.

    Returns
    -------
    list of BlobInfo
        What was deleted.
    """
    entries = bank.blobs.entries()
    blocks = sorted(_blocks(entries), key=lambda entry: (entry.used, entry.path))
    excess = sum(entry.size for entry in blocks) - limit
    deleted = []
    for entry in blocks:
        if excess <= 0:
            break
        bank.blobs.delete(entry.path)
        deleted.append(entry)
        excess -= entry.size
    _tidy(bank, entries, {entry.path for entry in deleted})
    return deleted


def _tidy(bank: Bank, entries: list[BlobInfo], gone: set[str]) -> None:
    """Delete partial files of killed writers, and metadata of computations without blocks.

    Only files with names of the bank's own form are deleted; other files there are left alone.
    """
    kept = {_folder(entry) for entry in _blocks(entries) if entry.path not in gone}
    emptied = {path.partition("/")[0] for path in gone} - kept
    now = time.time()
    for entry in entries:
        is_orphan = _ABOUT.fullmatch(entry.path) and _folder(entry) not in kept
        abandoned = now - entry.used > _ABANDONED
        if (is_orphan and (abandoned or _folder(entry) in emptied)) or (
            abandoned and _PARTIAL.fullmatch(entry.path)
        ):
            bank.blobs.delete(entry.path)
    for folder in emptied:
        bank.blobs.delete_empty(folder)


def _blocks(entries: list[BlobInfo]) -> list[BlobInfo]:
    return [entry for entry in entries if is_block(entry.path)]


def _folder(entry: BlobInfo) -> str:
    return entry.path.partition("/")[0]
