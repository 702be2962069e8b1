"""One name in several spellings."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence


def one_spelling(names: Sequence[str]) -> list[str]:
    """Trim names, and write those that differ only in their Unicode form alike.

    Parameters
    ----------
    names
        Of patients, for example. A name of one spelling stays as it is but for blanks at its ends.

    Examples
    --------
    >>> one_spelling([" P1", "P1 ", "p1"])
    ['P1', 'P1', 'p1']
    """
    trimmed = [name.strip() for name in names]
    spellings = defaultdict(set)
    for name in set(trimmed):
        spellings[unicodedata.normalize("NFC", name)].add(name)
    return [min(spellings[unicodedata.normalize("NFC", name)]) for name in trimmed]


def loose(name: str) -> str:
    """Return what is left of a name without case, blanks, leading zeros and ``.0`` at its end.

    Examples
    --------
    >>> loose("P 007"), loose("p7"), loose("7.0"), loose("7")
    ('p7', 'p7', '7', '7')
    """
    bare = re.sub(r"\s+", "", name.casefold()).removesuffix(".0")
    return re.sub(r"(?<!\d)0+(?=\d)", "", bare)


def whole(name: str) -> str:
    """Return a whole number without its point, and anything else as it is.

    Examples
    --------
    >>> whole("1.0"), whole("-1.00"), whole("1.5"), whole("01"), whole("a 1.0")
    ('1', '-1', '1.5', '01', 'a 1.0')
    """
    return str(int(name.partition(".")[0])) if re.fullmatch(r"[+-]?[0-9]+\.0+", name) else name
