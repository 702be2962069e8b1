"""Measure the directory of a TIFF file before Pillow makes numbers of its values."""

import struct

from pipeline.imaging.crumbs import MOST_PIECES, PIECES
from pipeline.imaging.image import UnreadableImage

_PARTS = frozenset({273, 279, 324, 325})  # offsets and lengths of strips and tiles
_WHOLE = frozenset({1, 2, 6, 7})  # bytes and texts, which Pillow keeps as they are
_BIG = 43  # version of BigTIFF (42 of TIFF)


def refuse_many_values(data: bytes) -> None:
    """Refuse a TIFF file whose first directory holds many values, or an image in many strips.

    Parameters
    ----------
    data
        The whole file; others than TIFF files pass.

    Raises
    ------
    UnreadableImage
        If an entry has more than 2**17 values, or there are as many entries.
    """
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return
    try:
        _walk(data, order)
    except struct.error:
        return  # Pillow says what is wrong


def _walk(data: bytes, order: str) -> None:
    version = struct.unpack_from(order + "H", data, 2)[0]
    at, number, entry = (8, "Q", "HHQ8x") if version == _BIG else (4, "I", "HHI4x")
    at = struct.unpack_from(order + number, data, at)[0]
    count = order + ("Q" if version == _BIG else "H")
    entries = struct.unpack_from(count, data, at)[0]
    at += struct.calcsize(count)
    if entries > MOST_PIECES:
        raise UnreadableImage(PIECES)
    for place in range(entries):
        tag, kind, values = struct.unpack_from(
            order + entry, data, at + place * struct.calcsize(order + entry)
        )
        if values > MOST_PIECES and (tag in _PARTS or kind not in _WHOLE):
            raise UnreadableImage(PIECES)
