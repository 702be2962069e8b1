"""Parse bytes to a DICOM data set, with or without preamble and meta information."""

import io
import re
import struct
import zlib

from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from pipeline.imaging.broken import BROKEN
from pipeline.imaging.image import MAX_BYTES, UnreadableImage

_PREAMBLE = 128  # bytes of any kind, then DICM (PS3.10 7.1)
# the first element of a data set: group 2 or 8, then a value representation or a short length
_EXPLICIT = re.compile(rb"(?:[\x02\x08]\0..|\0[\x02\x08]..)[A-Z]{2}", re.DOTALL)
_IMPLICIT = re.compile(rb"[\x02\x08]\0[\x00-\x20]\0..\0\0", re.DOTALL)
_LONG = frozenset({b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC", b"UR", b"OF", b"OD", b"OL", b"OV"})


def is_dicom(data: bytes) -> bool:
    """Say whether bytes begin as a DICOM file does, or as a data set that lost its preamble."""
    if data[_PREAMBLE : _PREAMBLE + 4] == b"DICM":
        return True
    return bool(_EXPLICIT.match(data) or _IMPLICIT.match(data))


def parse(data: bytes) -> Dataset:
    """Parse a DICOM file.

    Where it does not name its transfer syntax, the byte order and the coding of its elements say
    which of the uncompressed ones it has.

    Raises
    ------
    UnreadableImage
        If its structure is damaged, or it is a deflated file that grows beyond all bounds.
    """
    try:
        _refuse_bomb(data)
        dataset = dcmread(io.BytesIO(data), force=True)
        if "TransferSyntaxUID" not in dataset.file_meta:
            implicit, little = dataset.original_encoding
            explicit = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
            dataset.file_meta = FileMetaDataset(dataset.file_meta)
            dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else explicit
    except BROKEN:
        raise UnreadableImage("its DICOM structure is damaged") from None
    return dataset


def _refuse_bomb(data: bytes) -> None:
    """Inflate a deflated data set a piece at a time, before pydicom does so at once."""
    if DeflatedExplicitVRLittleEndian.encode() not in data[:4096]:
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    piece, size = data[_end_of_meta(data) :], 0
    while piece and not inflater.eof:
        size += len(inflater.decompress(piece, 2**20))
        piece = inflater.unconsumed_tail
        if size > MAX_BYTES:
            raise UnreadableImage(f"it inflates to more than {MAX_BYTES:,} bytes")


def _end_of_meta(data: bytes) -> int:
    """Return where the file meta information ends, which is always explicit little endian."""
    at = _PREAMBLE + 4 if data[_PREAMBLE : _PREAMBLE + 4] == b"DICM" else 0
    while data[at : at + 2] == b"\x02\0":
        if data[at + 4 : at + 6] in _LONG:
            at += 12 + struct.unpack_from("<I", data, at + 8)[0]
        else:
            at += 8 + struct.unpack_from("<H", data, at + 6)[0]
    return at
