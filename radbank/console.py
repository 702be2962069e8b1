"""The console that commands print to: text as it is."""

import os
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from radbank.visible import visible

_WIDE = 160  # columns of a file or a pipe


class _Plain(Console):
    """A console that shows control characters in place of sending them to the terminal."""

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - as the base class
        """Return a text as it is to be printed."""
        return super().render_str(visible(text), **options)


def plain_console(*, width: int | None = None, stderr: bool = False) -> Console:
    """Return a console that prints names as they are.

    Rich would take square brackets in paths and class names for markup, and `:cat:` for a picture,
    and would pass codes on that clear the screen or change what was printed.

    Parameters
    ----------
    width
        Columns; None: those of the terminal, or enough for wide tables where there is none.
    stderr
        Print to standard error, as it is now.
    """
    file = sys.stderr if stderr else sys.stdout
    if width is None and "COLUMNS" not in os.environ and not file.isatty():
        width = _WIDE
    return _Plain(file=file, width=width, highlight=False, markup=False, emoji=False)
