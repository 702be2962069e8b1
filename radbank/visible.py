"""Texts from outside as a terminal or a page may show them."""

import re

# C0 and C1 but for tab and line feed; marks that reverse the reading order; lone surrogates
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""Write what a terminal would obey or hide as an escape: ``\x1b`` in place of the character.

    Lone surrogates, as which Python reads bytes of file names that are no UTF-8, are written
    likewise: ``\udcff``.
    """
    return _HIDDEN.sub(lambda found: ascii(found[0])[1:-1], text)


def has_hidden(text: str) -> bool:
    """Return whether :func:`visible` would change a text, or it has a tab or a line feed."""
    return _HIDDEN.search(text) is not None or "\t" in text or "\n" in text
