"""Leave out the long texts of a PNG file, for which Pillow refuses it."""

import zlib

_SIGNATURE = 8  # bytes
_FRAME = 12  # bytes of a chunk besides its data: length, kind, checksum
_LONG = 2**20  # bytes of a text that Pillow reads at most
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"iCCP"})


def without_long_texts(data: bytes) -> bytes:
    """Return a PNG file without texts and colour profiles that hold more than 2**20 bytes.

    No picture depends on them. Each is inflated to that size at most.

    Parameters
    ----------
    data
        The whole file.
    """
    kept, at, start = [], _SIGNATURE, 0
    budget = 16 * _LONG
    while at + _FRAME <= len(data):
        end = at + _FRAME + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] in _TEXTS:
            size = _inflated_size(data[at + 8 : end - 4])
            budget -= size
            if size > _LONG or budget < 0:
                kept.append(data[start:at])
                start = end
        at = end
    return b"".join([*kept, data[start:]]) if kept else data


def _inflated_size(text: bytes) -> int:
    """Return the bytes of a text, or of a compressed one when inflated, up to a little too many."""
    size = len(text)
    at = text.find(b"\x78", 0, 512)  # how a zlib stream begins, behind a keyword or a name
    while at >= 0:
        try:
            size = max(size, len(zlib.decompressobj().decompress(text[at:], _LONG + 1)))
        except zlib.error:
            at = text.find(b"\x78", at + 1, 512)
        else:
            break
    return size
