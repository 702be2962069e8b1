"""The bytes of one frame in a DICOM file, checked against the header before they are decoded."""

import struct

from pydicom import Dataset
from pydicom.encaps import get_frame
from pydicom.uid import (
    UID,
    JPEG2000TransferSyntaxes,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    RLELossless,
)

from pipeline.imaging.codestream import CodedSize, read_size
from pipeline.imaging.crumbs import MOST_PIECES, PIECES, refuse_crumbs
from pipeline.imaging.decoders import COMPRESSED
from pipeline.imaging.description import PIXELS, Description
from pipeline.imaging.image import UnreadableImage
from pipeline.imaging.jpeg2000 import check_claims

#: The reason for pixels of which nothing better is known.
DAMAGED = "its pixels are truncated or damaged"
#: Where the frames of the pixels begin, and how long they are.
OFFSETS = ("ExtendedOffsetTable", "ExtendedOffsetTableLengths")
_OTHERWISE = "its pixels are not coded as its transfer syntax says"
_WASTE = 1.5  # of a writer that alternates runs and single bytes
_ITEM = b"\xfe\xff\x00\xe0"  # how encapsulated pixels begin (PS3.5 A.4)
_LOSSLESS = 0xC3  # coding process of JPEG
_HTJ2K = frozenset(uid for uid in COMPRESSED if "HTJ2K" in uid.keyword)


def get_stream(dataset: Dataset, description: Description, index: int) -> bytes:
    """Return the compressed bytes of a frame.

    Raises
    ------
    UnreadableImage
        If the file holds none, or is in too many fragments.
    """
    element = dataset.get_item("PixelData")
    if element is None or not element.value.startswith(_ITEM):
        raise UnreadableImage(_OTHERWISE)
    offsets = _offsets(dataset)
    basic = struct.unpack_from("<I", element.value, len(_ITEM))[0]
    if max(basic, *map(len, offsets or ()), 8 * element.value.count(_ITEM)) > 8 * MOST_PIECES:
        raise UnreadableImage(PIECES)
    return get_frame(
        element.value, index, number_of_frames=description.frames, extended_offsets=offsets
    )


def check_length(dataset: Dataset, description: Description) -> None:
    """Refuse uncompressed pixels that end before the image does."""
    keyword = next(keyword for keyword in PIXELS if keyword in dataset)
    samples = 2 if description.interpretation == "YBR_FULL_422" else description.samples
    values = description.rows * description.columns * samples * description.frames
    bits = values * description.allocated
    value = dataset[keyword].value
    if len(value) < (bits + 7) // 8:
        if value.startswith(_ITEM):
            raise UnreadableImage(_OTHERWISE)
        raise UnreadableImage("its pixels are truncated")


def check_stream(description: Description, syntax: UID, stream: bytes) -> CodedSize | None:
    """Refuse a stream of another size than the header's, or one that was cut short."""
    if syntax == RLELossless:
        _refuse_wasteful(description, stream)
        return None
    refuse_crumbs(stream)
    coded = read_size(stream)
    if coded is None:
        raise UnreadableImage(DAMAGED)
    claimed = (description.rows, description.columns, description.samples)
    if (coded.rows, coded.columns, coded.samples) != claimed:
        raise UnreadableImage("its header and its compressed pixels differ in size")
    if is_jpeg2000(syntax):
        check_claims(stream)
    return coded


def _refuse_wasteful(description: Description, stream: bytes) -> None:
    """Refuse run-length coded pixels (PS3.5 G) that take many more bytes than they have uncoded."""
    planes = description.samples * ((description.allocated + 7) // 8)
    literal = description.columns + description.columns // 128 + 2  # of a row that has no runs
    if len(stream) > 64 + _WASTE * description.rows * planes * literal:
        raise UnreadableImage("its pixels are coded in far more bytes than they have uncoded")


def is_jpeg2000(syntax: UID) -> bool:
    """Say whether a transfer syntax is one of JPEG 2000 or HTJ2K."""
    return syntax in JPEG2000TransferSyntaxes or syntax in _HTJ2K


def actual_syntax(syntax: UID, coded: CodedSize | None) -> UID:
    """Return the transfer syntax of a JPEG stream, which the header may call by the wrong name."""
    if coded is not None and syntax in {JPEGBaseline8Bit, JPEGExtended12Bit}:
        if coded.process == _LOSSLESS:
            return JPEGLossless
        if coded.bits > 8:
            return JPEGExtended12Bit
    return syntax


def _offsets(dataset: Dataset) -> tuple[bytes, bytes] | None:
    offsets, lengths = map(dataset.get, OFFSETS)
    return (offsets, lengths) if offsets and lengths else None
