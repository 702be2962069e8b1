"""Read the size in a compressed stream before a decoder allocates memory."""

import struct
from dataclasses import dataclass

_SOI = b"\xff\xd8"
_SOC_SIZ = b"\xff\x4f\xff\x51"
_END = b"\xff\xd9"
#: Start-of-frame markers of JPEG (ITU-T T.81 B.1.1.3) and JPEG-LS (T.87 C.1.1).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
_COMMON = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a segment


@dataclass(frozen=True)
class CodedSize:
    """The size that a compressed image gives itself.

    Attributes
    ----------
    rows, columns
        In pixels.
    samples
        Components of a pixel.
    bits
        Of a component.
    process
        Which coding process of JPEG it is, as the second byte of the frame header's marker.
    """

    rows: int
    columns: int
    samples: int
    bits: int
    process: int = 0

    @property
    def is_common(self) -> bool:
        """Whether it is a JPEG that libjpeg decodes: Huffman coding, 8 bits."""
        return self.process in _COMMON and self.bits == 8


def read_size(stream: bytes) -> CodedSize | None:
    """Read the size from the head of a JPEG, JPEG-LS or JPEG 2000 code stream.

    Returns
    -------
    CodedSize or None
        None where the stream is none of these or its head is damaged.
    """
    try:
        if stream.startswith(_SOI):
            return _jpeg(stream)
        return _jpeg2000(stream, len(_SOC_SIZ)) if stream.startswith(_SOC_SIZ) else None
    except (struct.error, IndexError):
        return None


def _jpeg(stream: bytes) -> CodedSize | None:
    """Walk the segments up to the frame header (T.81 B.2.2)."""
    at = 2
    while stream[at] == 0xFF:
        marker = stream[at + 1]
        at += 1 if marker == 0xFF else 2
        if marker in _FRAMES:
            bits, rows, columns, samples = struct.unpack_from(">BHHB", stream, at + 2)
            return CodedSize(rows, columns, samples, bits, marker)
        if marker != 0xFF and marker not in _ALONE:
            at += struct.unpack_from(">H", stream, at)[0]
    return None


def _jpeg2000(stream: bytes, at: int) -> CodedSize:
    """Read the SIZ segment (ITU-T T.800 A.5.1) from its length on."""
    width, height, left, top = struct.unpack_from(">4I", stream, at + 4)
    samples, depth = struct.unpack_from(">HB", stream, at + 36)
    return CodedSize(height - top, width - left, samples, (depth & 0x7F) + 1)


def mend_end(stream: bytes) -> bytes | None:
    """Return a JPEG-LS stream without the zeros that some writers put before its end marker.

    They make the length even there instead of behind it, which decoders take for an error.

    Returns
    -------
    bytes or None
        None where there is no zero to leave out.
    """
    body = stream[: max(stream.rfind(_END), 0)]
    short = body.rstrip(b"\0")
    return short + _END if short and short != body else None
