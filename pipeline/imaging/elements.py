"""Walk the elements of DICOM bytes before pydicom does, to find their meta information."""

import struct
from collections.abc import Iterator

_PREAMBLE = 128  # bytes of any kind, then DICM (PS3.10 7.1)
_LONG = frozenset({b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC", b"UR", b"OF", b"OD", b"OL", b"OV"})
_OPEN = 0xFFFFFFFF  # length of what ends with a delimiter
_PIXELS = 0x7FE0  # group
_ITEMS = 0xFFFE  # group of items and delimiters
_META = 2  # group
_MOST = 100_000


def walk(data: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield group, element and place of little-endian elements, those of open sequences too.

    It ends at the pixels, at the end of the bytes, where they make no sense and after 100,000
    elements. Those that do not name their value representation are taken as implicit ones.

    Parameters
    ----------
    data
        The file.
    at
        Where to begin.
    """
    for _ in range(_MOST):
        if at + 8 > len(data):
            return
        group, element = struct.unpack_from("<2H", data, at)
        yield group, element, at
        if group == 0 or (group >= _PIXELS and group != _ITEMS):
            return
        kind = data[at + 4 : at + 6]
        if group != _ITEMS and kind.isalpha() and kind.isupper():
            if kind in _LONG:
                if at + 12 > len(data):
                    return
                length, at = struct.unpack_from("<I", data, at + 8)[0], at + 12
            else:
                length, at = struct.unpack_from("<H", data, at + 6)[0], at + 8
        else:
            length, at = struct.unpack_from("<I", data, at + 4)[0], at + 8
        at += 0 if length == _OPEN or group == _ITEMS else length


def start_of_meta(data: bytes) -> int:
    """Return where the file meta information begins, with or without a preamble."""
    return _PREAMBLE + 4 if data[_PREAMBLE : _PREAMBLE + 4] == b"DICM" else 0


def end_of_meta(data: bytes) -> int:
    """Return where the file meta information ends."""
    return next(
        (at for group, _, at in walk(data, start_of_meta(data)) if group != _META), len(data)
    )


def without_second_meta(data: bytes) -> bytes:
    """Return a file without the second meta information that some archives leave inside.

    The first one tells how they wrote the file, the second how it was before.
    """
    first, seen = start_of_meta(data), set[int]()
    second: int | None = None
    for group, element, at in walk(data, first):
        if group != _META:
            if second is not None:
                return data[:second] + data[at:]
            inner = data[at + _PREAMBLE : at + _PREAMBLE + 4] == b"DICM"
            return data[:at] + data[end_of_meta(data[at:]) + at :] if inner and seen else data
        if element in seen and second is None:
            second = at
        seen.add(element)
    return data
