"""Sizes in bytes, as people write and read them."""

import re

from radbank.errors import RadbankError

_UNITS = ("B", "kB", "MB", "GB", "TB")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)


def in_words(size: int) -> str:
    """Write a size with a unit, as in '1.5 GB' (a GB is 10^9 bytes)."""
    value = float(size)
    for unit in _UNITS:
        if value < 1000 or unit == _UNITS[-1]:
            break
        value /= 1000
    return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"


def parse_size(text: str) -> int:
    """Read a size such as '10GB', '1.5 TB', '500 MiB' or a number of bytes.

    Raises
    ------
    RadbankError
        If it is none.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise RadbankError(f"{text!r} is no size: write one such as 10GB, 500MB or 2GiB.")
    number, unit, binary = found.groups()
    base = 1024 if binary else 1000
    return int(float(number) * base ** " kmgt".index(unit.lower() or " "))
