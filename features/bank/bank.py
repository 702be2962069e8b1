"""The bank: a content-addressed cache of embeddings, one folder for each computation.

::

    <bank>/<digest of the computation>/computation.json
                                       fidelity-<digest of some images>.json
                                       rate.json
                                       blocks/<sha256 of the file's bytes>.safetensors
"""

from dataclasses import dataclass
from typing import Any

from features.bank.about import read_about
from features.bank.blobs import BlobInfo, Blobs
from features.bank.block import is_block
from features.bank.cached_embeddings import CachedEmbeddings, read_headers
from features.bank.keys import image_of
from features.computation import Computation
from radbank.home import bank_place


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What the bank holds of one computation.

    Attributes
    ----------
    digest
        Of the computation.
    computation
        Its settings as plain values; None where they are not known any more.
    images, embeddings
        How many images, and how many views of them in all.
    size
        Bytes.
    used
        When a block was last written or read, in seconds since 1970.
    """

    digest: str
    computation: dict[str, Any] | None
    images: int
    embeddings: int
    size: int
    used: float


class Bank:
    """The content-addressed cache of embeddings under one root, shared by all projects.

    Parameters
    ----------
    place
        Absolute path or address; None for where :func:`radbank.home.bank_place` says.

    Attributes
    ----------
    place
        Where it is.
    blobs
        Its files.

    Raises
    ------
    RadbankError
        If there can be no bank at such a place.
    """

    def __init__(self, place: str | None = None) -> None:
        self.place = bank_place() if place is None else place
        self.blobs = Blobs(self.place)

    def cached(self, computation: Computation, *, libraries: dict[str, str]) -> CachedEmbeddings:
        """Return the embeddings of one computation.

        Parameters
        ----------
        computation
            Which one.
        libraries
            Versions of the libraries that compute what is put there, by name.
        """
        return CachedEmbeddings(self.blobs, computation, libraries=libraries)

    def holdings(self) -> list[Holding]:
        """Return what the bank holds, last used first."""
        of: dict[str, list[BlobInfo]] = {}
        for entry in self.blobs.entries():
            if is_block(entry.path):
                of.setdefault(entry.path.partition("/")[0], []).append(entry)
        found = [self._holding(digest, entries) for digest, entries in of.items()]
        return sorted(found, key=lambda holding: holding.used, reverse=True)

    def _holding(self, digest: str, entries: list[BlobInfo]) -> Holding:
        about = read_about(self.blobs, digest)
        keys = {
            key for _, header in read_headers(self.blobs, entries) if header for key in header.keys
        }
        return Holding(
            digest=digest,
            computation=about["computation"] if about else None,
            images=len({image_of(key) for key in keys}),
            embeddings=len(keys),
            size=sum(entry.size for entry in entries),
            used=max(entry.used for entry in entries),
        )
