"""The embeddings that the bank holds of one computation: an index of keys, blocks, checks."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from features.bank.about import ComputationRecord
from features.bank.blobs import BlobInfo, Blobs
from features.bank.block import (
    HEADER_BYTES,
    SIZE,
    Block,
    BlockHeader,
    DamagedBlock,
    check,
    file_name,
    is_block,
)
from features.bank.index import BlockIndex
from features.bank.rows import Location
from features.computation import Computation
from radbank.errors import RadbankError
from radbank.files import is_no_room


class CachedEmbeddings:
    """The cached embeddings of one computation, by cache key; each is checked when it is read.

    The cache is content-addressed: a file's name is the checksum of its bytes, and no file is
    changed in place. So any number of processes may read and write it without locks: two that
    compute the same block write the same bytes under the same name.

    Parameters
    ----------
    blobs
        The bank's files.
    computation
        The computation of all its embeddings.
    libraries
        Versions of the libraries that will make them, by name.

    Attributes
    ----------
    computation
        As given.
    about
        Metadata of the computation.
    """

    def __init__(
        self, blobs: Blobs, computation: Computation, *, libraries: dict[str, str]
    ) -> None:
        self.computation = computation
        self._blobs = blobs
        self._libraries = libraries
        self._folder = f"{computation.digest}/blocks"
        self.about = ComputationRecord(blobs, computation)
        self._index = BlockIndex()
        self._libraries_of: dict[str, dict[str, str]] = {}
        for entry, header in read_headers(blobs, blobs.entries(self._folder)):
            if header is not None and header.computation == computation.digest:
                self._enter(entry.path, header.keys, header.libraries)

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, key: object) -> bool:
        return key in self._index

    def put(self, keys: Sequence[str], embeddings: np.ndarray) -> None:
        """Write embeddings as one block; when this returns, they are on the disk.

        Parameters
        ----------
        keys
            At most 128.
        embeddings
            float32 of shape (len(keys), n_features) or, of activations, (len(keys), *shape).

        Raises
        ------
        RadbankError
            If the bank has no room or cannot be written; no part of the block is left.
        ValueError
            If there are too many, or not as many keys as embeddings.
        """
        if len(keys) > SIZE or len(keys) != len(embeddings):
            raise ValueError(f"{len(keys)} keys and {len(embeddings)} embeddings for a block")
        block = Block(
            computation=self.computation.digest,
            keys=tuple(keys),
            embeddings=embeddings,
            libraries=self._libraries,
            stored=self.computation.stored,
        )
        content = block.to_bytes()
        path = f"{self._folder}/{file_name(content)}"
        try:
            self._blobs.write(path, content)
        except OSError as error:
            raise _refused(self._blobs.place, error) from error
        self._enter(path, block.keys, block.libraries)

    def block_of(self, key: str) -> str:
        """Return the file name of the block that holds an embedding.

        Raises
        ------
        KeyError
            If there is none.
        """
        if (place := self._index.find(key)) is None:
            raise KeyError(key)
        return place.path.rsplit("/", 1)[-1]

    def adopt(self, name: str) -> bool:
        """Add a block that another process has written to the index.

        Parameters
        ----------
        name
            Of its file, from :meth:`block_of` there.

        Returns
        -------
        bool
            Whether it was found.
        """
        path = f"{self._folder}/{name}"
        (start,) = self._blobs.read_starts([path], HEADER_BYTES)
        try:
            header = BlockHeader.from_bytes(start)
        except DamagedBlock:
            return False
        self._enter(path, header.keys, header.libraries)
        return True

    def fill(self, keys: Sequence[str], rows: np.ndarray) -> list[int]:
        """Copy embeddings into an array, each block read and checked once.

        Parameters
        ----------
        keys
            Which embeddings.
        rows
            float32 of shape (len(keys), n_features), written to.

        Returns
        -------
        list of int
            Positions in `keys` that are not cached. A damaged block is deleted, one
            line on standard error says so, and its embeddings are among them.
        """
        lacking: list[int] = []
        for _, positions, at, content in self._blocks_of(keys, rows.shape[1:], lacking):
            rows[positions] = Block.of_checked(content).embeddings[at]
        return sorted(lacking)

    def locate(
        self, keys: Sequence[str], shape: tuple[int, ...]
    ) -> tuple[dict[int, Location], list[int]]:
        """Check the blocks of activations, and say where each lies, to be read there.

        Parameters
        ----------
        keys
            Which activations.
        shape
            Of one image's activations.

        Returns
        -------
        found
            By position in `keys`.
        lacking
            The other positions, as :meth:`fill` returns them.
        """
        lacking: list[int] = []
        found: dict[int, Location] = {}
        for path, positions, at, content in self._blocks_of(keys, shape, lacking):
            header = BlockHeader.from_bytes(content)
            for position, row in zip(positions, at, strict=True):
                start, end = header.bytes_of(row)
                found[position] = Location(path=path, start=start, end=end)
        return found, sorted(lacking)

    def libraries(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the versions of the libraries that computed embeddings, joined by commas."""
        made_with: dict[str, set[str]] = {}
        for path in {place.path for key in keys if (place := self._index.find(key))}:
            for name, version in self._libraries_of[path].items():
                made_with.setdefault(name, set()).add(version)
        return {name: ", ".join(sorted(versions)) for name, versions in sorted(made_with.items())}

    def _enter(self, path: str, keys: Iterable[str], libraries: dict[str, str]) -> None:
        self._index.add(path, keys)
        self._libraries_of[path] = libraries

    def _blocks_of(
        self, keys: Sequence[str], shape: tuple[int, ...], lacking: list[int]
    ) -> Iterator[tuple[str, list[int], list[int], bytes]]:
        """Yield the blocks that hold keys, each checked: path, positions of keys, rows, bytes.

        Each embedding of a sound block has the shape given. The positions of keys that no sound
        block holds are appended to `lacking`.
        """
        pending = list(range(len(keys)))
        while pending:
            wanted: dict[str, list[tuple[int, int]]] = {}
            for position in pending:
                if (place := self._index.find(keys[position])) is None:
                    lacking.append(position)
                else:
                    wanted.setdefault(place.path, []).append((position, place.row))
            pending = []
            for path, found in wanted.items():
                positions, at = (list(each) for each in zip(*found, strict=True))
                content = self._read(path, {keys[each]: row for each, row in found}, shape)
                if content is None:
                    pending += positions  # another block may hold them too
                else:
                    yield path, positions, at, content

    def _read(self, path: str, rows: Mapping[str, int], shape: tuple[int, ...]) -> bytes | None:
        """Read and verify a block; return its bytes, None if it is missing or damaged."""
        try:
            content = self._blobs.read(path)
            check(content, path.rsplit("/", 1)[-1])
            self._require(BlockHeader.of_whole(content), rows, shape)
        except FileNotFoundError:  # another process has pruned it
            self._forget(path)
            return None
        except (DamagedBlock, OSError) as error:
            print(
                f"a block of the bank is damaged and will be computed again: {path} ({error})",
                file=sys.stderr,
            )
            self._forget(path)
            if isinstance(error, DamagedBlock):
                self._blobs.delete(path)
            return None
        self._blobs.touch(path)
        return content

    def _require(
        self, header: BlockHeader, rows: Mapping[str, int], shape: tuple[int, ...]
    ) -> None:
        """Require that a sound block holds what it was listed for."""
        if header.computation != self.computation.digest:
            raise DamagedBlock("a block of another computation")
        if header.shape[1:] != shape or header.stored != self.computation.stored:
            raise DamagedBlock(f"{header.stored} numbers of shape {header.shape[1:]} a key")
        if any(header.keys[row : row + 1] != (key,) for key, row in rows.items()):
            raise DamagedBlock("other keys than when it was listed")

    def _forget(self, path: str) -> None:
        self._index.remove(path)
        self._libraries_of.pop(path, None)


def read_headers(
    blobs: Blobs, entries: Sequence[BlobInfo]
) -> Iterator[tuple[BlobInfo, BlockHeader | None]]:
    """Yield the blocks among files with their headers, None where a header cannot be read."""
    blocks = [entry for entry in entries if is_block(entry.path)]
    starts = blobs.read_starts([entry.path for entry in blocks], HEADER_BYTES)
    for entry, start in zip(blocks, starts, strict=True):
        try:
            yield entry, BlockHeader.from_bytes(start)
        except DamagedBlock:
            yield entry, None


def _refused(place: str, error: OSError) -> RadbankError:
    if is_no_room(error):
        return RadbankError(
            f"There is no room for another block in the bank {place}: free space there, run "
            "`radbank bank prune --to SIZE`, or set RADBANK_BANK to a place with more; blocks "
            "written before are kept, so the next run goes on from here."
        )
    return RadbankError(
        f"The bank {place} cannot be written ({error.strerror or error}): make it writable, or "
        "set RADBANK_BANK to another place."
    )
