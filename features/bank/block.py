"""A block: up to 128 embeddings and their cache keys in one content-addressed file.

The format is safetensors (https://github.com/huggingface/safetensors): the length of the header
in 8 bytes, little endian; a header in JSON; the numbers. It is written here and not by the
library because the library orders the header anew each time, and equal blocks must be equal
bytes: their SHA-256 is the file's name, so that a torn or altered block is found by reading it.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

SIZE = 128  # embeddings: what a killed run can lose
HEADER_BYTES = 32 * 1024  # bytes of a file that surely hold its header
_TENSOR = "embedding"
_PREFIX = 8  # bytes
_PATH = re.compile(r"[0-9a-f]{64}/blocks/[0-9a-f]{64}\.safetensors")


class DamagedBlock(Exception):  # noqa: N818 - found and mended, never shown as an error
    """The bytes of a block do not match the checksum in its name."""


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
        float32 of shape (n, n_features).
    libraries
        Versions of the libraries that computed them, by name.
    """

    computation: str
    keys: tuple[str, ...]
    embeddings: np.ndarray
    libraries: dict[str, str]

    def to_bytes(self) -> bytes:
        """Return the file's bytes; equal blocks give equal ones."""
        numbers = np.ascontiguousarray(self.embeddings, dtype="<f4")
        metadata = {
            "computation": self.computation,
            "keys": " ".join(self.keys),
            "libraries": json.dumps(self.libraries, sort_keys=True),
        }
        tensor = {
            "dtype": "F32",
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
        if file_name(content) != name:
            raise DamagedBlock(f"{len(content):,} bytes that do not match its checksum")
        header = BlockHeader.from_bytes(content)
        numbers = np.frombuffer(content, "<f4", offset=header.length).reshape(header.shape)
        return cls(
            computation=header.computation,
            keys=header.keys,
            embeddings=numbers,
            libraries=header.libraries,
        )


@dataclass(frozen=True, kw_only=True)
class BlockHeader:
    """The header of a block, read without verifying the block's checksum.

    Attributes
    ----------
    computation, keys, libraries
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
                libraries=json.loads(metadata["libraries"]),
                shape=tuple(header[_TENSOR]["shape"]),
                length=end,
            )
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise DamagedBlock("no header of a block") from error


def file_name(content: bytes) -> str:
    """Return the name of a block's file."""
    return f"{hashlib.sha256(content).hexdigest()}.safetensors"


def is_block(path: str) -> bool:
    """Tell whether a path in the bank is one where a block lies."""
    return _PATH.fullmatch(path) is not None
