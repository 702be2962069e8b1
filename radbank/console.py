"""The console that commands print to: text as it is."""

import os
import sys

from rich.console import Console

_WIDE = 160  # columns of a file or a pipe


def plain_console(*, width: int | None = None, stderr: bool = False) -> Console:
    """Return a console that prints names as they are.

    Rich would take square brackets in paths and class names for markup, and `:cat:` for a picture.

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
    return Console(file=file, width=width, highlight=False, markup=False, emoji=False)
