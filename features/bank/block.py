"""A block: up to 128 embeddings, or activations, and their cache keys in one file.

The format is safetensors (https://github.com/huggingface/safetensors): the length of the header
in 8 bytes, little endian; a header in JSON; the numbers. It is written here and not by the
library because the library orders the header anew each time, and equal blocks must be equal
bytes: their SHA-256 is the file's name, so that a torn or altered block is found by reading it.

Activations are kept in bfloat16: the upper half of a float32, whose range it has, rounded to the
nearest. float16 would be finer, but what an untrained inception_v3 gives lies below its range.
"""

import hashlib
import json
import math
import re
from dataclasses import dataclass
from operator import index
from typing import Any

import numpy as np

from features.computation import BFLOAT16, FLOAT32

SIZE = 128  # embeddings: what a killed run can lose
HEADER_BYTES = 32 * 1024  # bytes of a file that surely hold its header
_TENSOR = "embedding"
_PREFIX = 8  # bytes
_DTYPES = {FLOAT32: "F32", BFLOAT16: "BF16"}  # as the format names them
_STORED = {dtype: stored for stored, dtype in _DTYPES.items()}
_READ_AS: dict[str, np.dtype[Any]] = {FLOAT32: np.dtype("<f4"), BFLOAT16: np.dtype("<u2")}
_PATH = re.compile(r"[0-9a-f]{64}/blocks/[0-9a-f]{64}\.safetensors")


class DamagedBlock(Exception):  # noqa: N818 - found and mended, never shown as an error
    """The bytes of a block do not match the checksum in its name, or are not those of a block."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """A block: embeddings and their cache keys.

    Attributes
    ----------
    computation
        Digest of the computation that made them.
    keys
        One an embedding: see :mod:`features.bank.keys`.
    embeddings
        float32 of shape (n, n_features) or, of activations, (n, *shape).
    libraries
        Versions of the libraries that computed them, by name.
    stored
        The file's number format: see :class:`features.computation.Computation`.
    """

    computation: str
    keys: tuple[str, ...]
    embeddings: np.ndarray
    libraries: dict[str, str]
    stored: str = FLOAT32

    def to_bytes(self) -> bytes:
        """Return the file's bytes; equal blocks give equal ones."""
        numbers = np.ascontiguousarray(self.embeddings, dtype="<f4")
        if self.stored == BFLOAT16:
            numbers = _to_bfloat16(numbers)
        metadata = {
            "computation": self.computation,
            "keys": " ".join(self.keys),
            "libraries": json.dumps(self.libraries, sort_keys=True),
        }
        tensor = {
            "dtype": _DTYPES[self.stored],
            "shape": list(numbers.shape),
            "data_offsets": [0, numbers.nbytes],
        }
        header = json.dumps({"__metadata__": metadata, _TENSOR: tensor}).encode()
        header += b" " * (-len(header) % _PREFIX)  # the numbers begin at a multiple of 8
        return len(header).to_bytes(_PREFIX, "little") + header + numbers.tobytes()

    @classmethod
    def from_bytes(cls, content: bytes, name: str) -> "Block":
        """Read a block and check it against its name.

        Parameters
        ----------
        content
            All bytes of the file.
        name
            The file's name.

        Raises
        ------
        DamagedBlock
            If the bytes are not those that the name was made from.
        """
        check(content, name)
        return cls.of_checked(content)

    @classmethod
    def of_checked(cls, content: bytes) -> "Block":
        """Read a block whose bytes :func:`check` has found right.

        Raises
        ------
        DamagedBlock
            If whoever wrote it wrote no block.
        """
        header = BlockHeader.of_whole(content)
        dtype = _READ_AS[header.stored]
        numbers = np.frombuffer(content, dtype, offset=header.length).reshape(header.shape)
        return cls(
            computation=header.computation,
            keys=header.keys,
            embeddings=_from_bfloat16(numbers) if header.stored == BFLOAT16 else numbers,
            libraries=header.libraries,
            stored=header.stored,
        )


@dataclass(frozen=True, kw_only=True)
class BlockHeader:
    """The header of a block, read without verifying the block's checksum.

    Attributes
    ----------
    computation, keys, libraries, stored
        As in :class:`Block`.
    shape
        Of the embeddings.
    length
        Bytes before the numbers.
    """

    computation: str
    keys: tuple[str, ...]
    libraries: dict[str, str]
    shape: tuple[int, ...]
    length: int
    stored: str

    @classmethod
    def from_bytes(cls, start: bytes) -> "BlockHeader":
        """Read the header in the first bytes of a block.

        Raises
        ------
        DamagedBlock
            If they are not of a block.
        """
        end = _PREFIX + int.from_bytes(start[:_PREFIX], "little")
        try:
            header: dict[str, Any] = json.loads(start[_PREFIX:end])
            metadata = header["__metadata__"]
            return cls(
                computation=metadata["computation"],
                keys=tuple(metadata["keys"].split(" ")),
                libraries={
                    str(name): str(version)
                    for name, version in json.loads(metadata["libraries"]).items()
                },
                shape=tuple(index(size) for size in header[_TENSOR]["shape"]),
                length=end,
                stored=_STORED[header[_TENSOR]["dtype"]],
            )
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise DamagedBlock("no header of a block") from error

    @classmethod
    def of_whole(cls, content: bytes) -> "BlockHeader":
        """Read the header of a block of which all bytes are at hand, and hold it against them.

        Raises
        ------
        DamagedBlock
            If they are not of a block, or there are more or fewer numbers or keys than it says.
        """
        header = cls.from_bytes(content)
        count = len(header.keys)
        fits = header.shape[:1] == (count,) and min(header.shape) > 0
        if not fits or header.bytes_of(count)[0] != len(content):
            raise DamagedBlock(
                f"{count} keys and {len(content) - header.length:,} bytes of numbers for the "
                f"shape {header.shape}"
            )
        return header

    def bytes_of(self, row: int) -> tuple[int, int]:
        """Return where in the file a row begins and ends."""
        size = math.prod(self.shape[1:]) * _READ_AS[self.stored].itemsize
        start = self.length + row * size
        return start, start + size


def _to_bfloat16(numbers: np.ndarray) -> np.ndarray:
    """Return the bits of finite float32 numbers rounded to bfloat16, ties to even."""
    bits = numbers.view("<u4")
    rounded: np.ndarray = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
    return rounded.astype("<u2")


def _from_bfloat16(bits: np.ndarray) -> np.ndarray:
    """Return the float32 numbers that bits of bfloat16 stand for."""
    return (bits.astype("<u4") << 16).view("<f4")


def check(content: bytes, name: str) -> None:
    """Compare the bytes of a file with its name.

    Raises
    ------
    DamagedBlock
        If they are not those that the name was made from.
    """
    if file_name(content) != name:
        raise DamagedBlock(f"{len(content):,} bytes that do not match its checksum")


def file_name(content: bytes) -> str:
    """Return the name of a block's file."""
    return f"{hashlib.sha256(content).hexdigest()}.safetensors"


def is_block(path: str) -> bool:
    """Tell whether a path in the bank is one where a block lies."""
    return _PATH.fullmatch(path) is not None
