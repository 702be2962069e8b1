"""Read what a JPEG 2000 stream claims before OpenJPEG sets memory aside for it.

OpenJPEG allocates all tiles, precincts and code-blocks that a header claims, some hundred bytes
each, whatever follows it. The limits here are far above what encoders write.
"""

import struct
from dataclasses import dataclass
from math import ceil

from pipeline.imaging.crumbs import MOST_PIECES, PIECES
from pipeline.imaging.image import MAX_BYTES, UnreadableImage

_BOXES = b"\0\0\0\x0cjP  \r\n\x87\n"  # how a JP2 file begins (ITU-T T.800 I.5.1)
_EOC = b"\xff\xd9"
_SIZ, _COD, _COC, _SOT, _SOD = 0xFF51, 0xFF52, 0xFF53, 0xFF90, 0xFF93
_END = 0xFFD9
#: Other segments that may come before the pixels (T.800 A.2, T.801 A.2, T.814 A.2).
_OTHERS = frozenset({0xFF50, 0xFF55, *range(0xFF57, 0xFF65), *range(0xFF74, 0xFF79)})
_MOST_TILES = 2**14  # 64 x 64 pixels each in the largest images
_MOST_BLOCKS = 2**19  # code-blocks and precincts; the largest images have 2**17 by default
_MOST_PACKETS = 2**24
_MOST_LEVELS = 32
_SAMPLE = 4  # bytes of a decoded value
_CUT = "its pixels are truncated"


def is_boxed(stream: bytes) -> bool:
    """Say whether a code stream lies in a JP2 file, as some writers have it."""
    return stream.startswith(_BOXES)


def get_codestream(file: bytes) -> bytes:
    """Return the code stream in a JP2 file, no bytes where there is none.

    DICOM knows no such files; what they say of colours is in its own header.
    """
    at = 0
    for _ in range(MOST_PIECES):
        if at + 16 > len(file):
            break
        length, kind = struct.unpack_from(">I4s", file, at)
        head = 8
        if length == 1:
            head, length = 16, struct.unpack_from(">Q", file, at + 8)[0]
        end = at + length if length else len(file)
        if kind == b"jp2c":
            return file[at + head : end]
        if end < at + head:
            break
        at = end
    return b""


@dataclass
class _Claims:
    """The most that the header and its tile-parts claim."""

    width: int  # of a tile, in pixels
    height: int
    tiles: int
    components: int
    blocks: int = 0
    resolutions: int = 1
    precincts: int = 1  # of a resolution
    layers: int = 1

    @classmethod
    def read(cls, stream: bytes, at: int) -> "_Claims":
        """Read the SIZ segment (T.800 A.5.1) from its length on."""
        right, bottom, left, top = struct.unpack_from(">4I", stream, at + 4)
        width, height, first, upper = struct.unpack_from(">4I", stream, at + 20)
        components = struct.unpack_from(">H", stream, at + 36)[0]
        if min(width, height) == 0 or first > left or upper > top:
            raise ValueError("no tiles")
        tiles = ceil((right - first) / width) * ceil((bottom - upper) / height)
        if (right - left) * (bottom - top) * components * _SAMPLE > MAX_BYTES:
            raise UnreadableImage(f"its pixels would take more than {MAX_BYTES:,} bytes")
        return cls(min(width, right - left), min(height, bottom - top), tiles, components)

    def add(self, stream: bytes, at: int, *, custom: bool) -> None:
        """Count what a coding style (A.6.1, SPcod) claims from its levels on, in all components."""
        levels, *exponents = struct.unpack_from("3B", stream, at)
        if levels > _MOST_LEVELS:
            raise ValueError("more levels than there are")
        for resolution in range(levels + 1):
            sizes = stream[at + 5 + resolution] if custom else 0xFF
            blocks, precincts = 1, 1
            for side, exponent, size in zip(
                (self.width, self.height), exponents, (sizes & 15, sizes >> 4), strict=True
            ):
                length = ceil(side / 2 ** (levels - resolution))
                precincts *= ceil(length / 2**size)
                inner = bool(resolution)  # its bands are half as wide, and so are their precincts
                block = min(exponent + 2, size - inner)
                blocks *= ceil(length / 2 ** (block + inner))
            bands = 3 if resolution else 1
            self.blocks += (bands * blocks + precincts) * self.components * self.tiles
            self.precincts = max(self.precincts, precincts)
        self.resolutions = max(self.resolutions, levels + 1)

    def check(self) -> None:
        """Raise UnreadableImage where they are too many."""
        packets = self.layers * self.resolutions * self.precincts * self.components
        if self.tiles > _MOST_TILES or self.blocks > _MOST_BLOCKS or packets > _MOST_PACKETS:
            raise UnreadableImage("it claims more tiles, blocks or layers than any encoder makes")


def check_claims(stream: bytes) -> None:
    """Refuse a code stream that ends early, or for which OpenJPEG would need much memory.

    OpenJPEG decodes what there is of a stream that ends early and says nothing. Each tile-part
    gives its length (T.800 A.4.2); the last one may leave it open and then reaches to the end
    marker.

    Parameters
    ----------
    stream
        From its start marker on, without boxes.

    Raises
    ------
    UnreadableImage
        If it does.
    ValueError
        If its header is damaged.
    """
    try:
        _walk(stream)
    except (IndexError, struct.error):
        raise UnreadableImage(_CUT) from None


def _walk(stream: bytes) -> None:
    """Read all segments up to the end marker, and pass over the pixels of tile-parts."""
    claims = _Claims.read(stream, 4)
    at, end = 2, 0  # end: of a tile-part
    for _ in range(MOST_PIECES):
        marker = struct.unpack_from(">H", stream, at)[0]
        at += 2
        if marker == _END:
            return
        if marker == _COD:
            claims.layers = max(claims.layers, struct.unpack_from(">H", stream, at + 4)[0])
            claims.add(stream, at + 7, custom=bool(stream[at + 2] & 1))
        elif marker == _COC:  # of a component below 257, as all here are
            claims.add(stream, at + 4, custom=bool(stream[at + 3] & 1))
        elif marker == _SOT:
            size = struct.unpack_from(">I", stream, at + 4)[0]
            end = at - 2 + size if size else stream.rfind(_EOC)
            if end < at:
                raise UnreadableImage(_CUT)
        elif marker not in {_SIZ, _SOD, *_OTHERS}:
            raise ValueError("an unknown segment")
        claims.check()
        at = end if marker == _SOD else at + struct.unpack_from(">H", stream, at)[0]
    raise UnreadableImage(PIECES)
