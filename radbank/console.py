"""The console that commands print to: text as it is, in the width of the terminal."""

import sys

from rich.console import Console


def plain_console(*, width: int | None = None, stderr: bool = False) -> Console:
    """Return a console that prints names as they are.

    Rich would take square brackets in paths and class names for markup, and `:cat:` for a picture.

    Parameters
    ----------
    width
        Columns; None: those of the terminal.
    stderr
        Print to standard error, as it is now.
    """
    file = sys.stderr if stderr else None
    return Console(file=file, width=width, highlight=False, markup=False, emoji=False)
