"""Refuse JPEG and PNG streams of so many pieces that a walk through them takes long."""

import struct

from pipeline.imaging.image import UnreadableImage

#: Segments, chunks or fragments: the largest PNG image in pieces of 4,096 bytes.
MOST_PIECES = 2**17
PIECES = "it is in more pieces than any writer makes of an image"
_START, _SCAN = b"\xff\xd8", 0xDA
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a segment
_PNG = b"\x89PNG\r\n\x1a\n"


def refuse_crumbs(stream: bytes) -> None:
    """Walk through the segments of a JPEG stream up to its first scan, or the chunks of a PNG file.

    Other streams pass.

    Raises
    ------
    UnreadableImage
        If they are more than 2**17.
    """
    step = _jpeg if stream.startswith(_START) else _png if stream.startswith(_PNG) else None
    if step is None:
        return
    at = len(_START if step is _jpeg else _PNG)
    for _ in range(MOST_PIECES):
        try:
            at = step(stream, at)
        except (IndexError, struct.error):
            return
        if at < 0:
            return
    raise UnreadableImage(PIECES)


def _jpeg(stream: bytes, at: int) -> int:
    """Return where the next segment begins; -1 where there is none before the pixels."""
    if stream[at] != 0xFF or stream[at + 1] == _SCAN:
        return -1
    if stream[at + 1] == 0xFF:
        return at + 1
    if stream[at + 1] in _ALONE:
        return at + 2
    length: int = struct.unpack_from(">H", stream, at + 2)[0]
    return at + 2 + length


def _png(stream: bytes, at: int) -> int:
    """Return where the next chunk begins."""
    length: int = struct.unpack_from(">I", stream, at)[0]
    return at + 12 + length
