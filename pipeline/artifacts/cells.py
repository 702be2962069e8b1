"""Cells of CSV tables that no spreadsheet takes for a formula.

A program that opens a table computes a cell that begins with one of ``= + - @``, a tab or a
carriage return (https://owasp.org/www-community/attacks/CSV_Injection), and names of files and
classes come from outside. Such a text is written with an apostrophe before it, which
:func:`restore` takes away again; numbers are written as numbers.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # with apostrophes before it, so that restoring is exact


def guard(text: str) -> str:
    """Return a text as a cell that no spreadsheet computes."""
    return f"'{text}" if _FORMULA.match(text) else text


def restore(cell: str) -> str:
    """Return the text that :func:`guard` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def to_csv(table: "pd.DataFrame") -> str:
    """Return a table as CSV with guarded texts, without its index."""
    guarded = {
        str(name): table[name].map(lambda value: guard(value) if isinstance(value, str) else value)
        for name in table.select_dtypes(exclude=["number", "bool"])
    }
    return str(table.assign(**guarded).to_csv(index=False, lineterminator="\n"))
