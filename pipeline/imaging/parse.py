"""Parse bytes to a DICOM data set, with or without preamble and meta information."""

import re
import zlib

from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from pipeline.imaging.bounds import BoundedReader, refuse_long
from pipeline.imaging.broken import BROKEN
from pipeline.imaging.elements import end_of_meta, without_second_meta
from pipeline.imaging.image import MAX_BYTES, UnreadableImage

_PREAMBLE = 128  # bytes of any kind, then DICM (PS3.10 7.1)
# the first element of a data set: group 2 or 8, then a value representation or a short length
_EXPLICIT = re.compile(rb"(?:[\x02\x08]\0..|\0[\x02\x08]..)[A-Z]{2}", re.DOTALL)
_IMPLICIT = re.compile(rb"[\x02\x08]\0[\x00-\x20]\0..\0\0", re.DOTALL)
_DEFLATED_UID, _PLAIN_UID = (
    uid.encode().ljust(22, b"\0")
    for uid in (DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian)
)


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
        If its structure is damaged, it holds more elements or values than any image needs, or it
        is a deflated file that grows beyond all bounds.
    """
    reader = None
    try:
        data, deflated = _inflate(without_second_meta(data))
        reader = BoundedReader(data)
        dataset = dcmread(reader, force=True)
        if deflated:
            dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
        if "TransferSyntaxUID" not in dataset.file_meta:
            implicit, little = dataset.original_encoding
            explicit = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
            dataset.file_meta = FileMetaDataset(dataset.file_meta)
            dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else explicit
    except BROKEN:
        reason = reader.reason if reader else None
        raise UnreadableImage(reason or "its DICOM structure is damaged") from None
    refuse_long([dataset])
    return dataset


def _inflate(data: bytes) -> tuple[bytes, bool]:
    """Inflate a deflated data set in bounds; pydicom would do it at once, however large it grows.

    Returns
    -------
    file : bytes
        Never one that pydicom takes for deflated.
    deflated : bool
        Whether the file was.
    """
    if _DEFLATED_UID not in data:
        return data, False
    end = end_of_meta(data)
    head, piece = data[:end].replace(_DEFLATED_UID, _PLAIN_UID), data[end:]
    if _DEFLATED_UID not in data[:end]:
        return data.replace(_DEFLATED_UID, _PLAIN_UID), False
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    pieces, size = [head], 0
    while piece and not inflater.eof:
        pieces.append(inflater.decompress(piece, 2**20))
        size += len(pieces[-1])
        piece = inflater.unconsumed_tail
        if size > MAX_BYTES:
            raise UnreadableImage(f"it inflates to more than {MAX_BYTES:,} bytes")
    return b"".join(pieces), True
