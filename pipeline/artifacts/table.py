"""Read the tables that come with a data set."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from radbank.errors import RadbankError

_SEPARATORS = (",", ";", "\t")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_table(
    path: Path, columns: Sequence[str] = (), optional: Sequence[str] = ()
) -> pd.DataFrame:
    """Read a CSV or a parquet file as trimmed text, empty cells as empty text.

    A CSV may be separated by commas, semicolons or tabs, and be in UTF-8 or, with the mark that
    programs put before it, in UTF-16. Rows without any text are left out; the index counts them.

    Parameters
    ----------
    path
        The file; one whose name ends in ``.parquet`` is read as that, any other as a CSV.
    columns
        Names that its header must have, in any case; the table has them as they are written here.
    optional
        Names that it may have, likewise.

    Raises
    ------
    RadbankError
        If the file is missing or unreadable, has rows longer than its header, or lacks a column.
    """
    if path.is_dir():
        raise RadbankError(f"{path} is a folder, and a table is needed there.")
    if not path.exists():
        raise RadbankError(f"There is no {path}, which the data set's layout needs.")
    if not path.is_file():
        raise RadbankError(f"{path} is no regular file, and a table is needed there.")
    table = _read_parquet(path) if path.suffix == ".parquet" else _read_csv(path, columns)
    table = _with_names(table, (*columns, *optional), path)
    missing = [name for name in columns if name not in table.columns]
    if missing:
        close = get_close_matches(missing[0], list(table.columns), n=1)
        meant = f": is it {close[0]!r}? Rename it" if close else ""
        raise RadbankError(f"{path} has no column {', '.join(missing)}{meant}.")
    return pd.DataFrame({name: table[name].str.strip() for name in table.columns})


def _read_csv(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    text = _text_of(path)
    separator = _separator(text, columns)
    try:
        rows = _split(text, separator)
    except csv.Error:
        raise RadbankError(f"{path} cannot be read as a CSV in UTF-8.") from None
    header, *rows = [row for row in rows if row] or [[]]
    if not header:
        raise RadbankError(f"{path} is empty.")
    width = len(header)
    for number, row in enumerate(rows, 1):
        if any(cell.strip() for cell in row[width:]):
            raise RadbankError(
                f"{path} has {len(row)} cells in row {number} and {width} in its header: put a "
                f"cell that holds {separator!r} between quotes."
            )
    # a row that ends early leaves its last cells without a value
    cells = [(row + [""] * width)[:width] for row in rows]
    table = pd.DataFrame(cells, columns=_distinct(header), dtype=object)
    return table[np.array([any(cell.strip() for cell in row) for row in cells], dtype=bool)]


def _separator(text: str, columns: Sequence[str]) -> str:
    """Return the separator by which the header has most of the columns, or else most cells."""
    first = next(filter(str.strip, text.splitlines()), "")
    wanted = {name.casefold() for name in columns}

    def found(separator: str) -> tuple[int, bool]:
        cells = {
            cell.strip().casefold() for cell in next(csv.reader([first], delimiter=separator), ())
        }
        return len(cells & wanted), separator in first

    return max(_SEPARATORS, key=found)


def _split(text: str, separator: str) -> list[list[str]]:
    """Return rows of cells; a quote within a cell without quotes is a quote."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        if "expected after" not in str(error):
            raise
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _text_of(path: Path) -> str:
    content = path.read_bytes()
    if not content:
        raise RadbankError(f"{path} is empty.")
    try:
        return content.decode("utf-16" if content.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start)
        raise RadbankError(
            f"{path} cannot be read as a CSV in UTF-8 (row {row}): save it as CSV in UTF-8."
        ) from None


def _distinct(header: Sequence[str]) -> list[str]:
    """Name columns without a name by their place, and the later ones of one name by a number."""
    names = [name.strip() or f"Unnamed: {place}" for place, name in enumerate(header)]
    before: Counter[str] = Counter()
    found = []
    for name in names:
        found.append(f"{name}.{before[name]}" if before[name] else name)
        before[name] += 1
    return found


def _with_names(table: pd.DataFrame, names: Sequence[str], path: Path) -> pd.DataFrame:
    """Write the headers that are meant by names in the names' case."""
    folded = {name.strip().casefold(): name for name in names}
    meant = {
        column: folded[key]
        for column in table.columns
        if (key := str(column).strip().casefold()) in folded and folded[key] not in table.columns
    }
    twice = [name for name, count in Counter(meant.values()).items() if count > 1]
    if twice:
        raise RadbankError(f"{path} has two columns {twice[0]} in other case: rename one.")
    return table.rename(columns=meant)


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError):
        raise RadbankError(f"{path} cannot be read as a parquet file.") from None
    if len(set(table.column_names)) < table.num_columns:
        raise RadbankError(f"{path} has two columns of one name.")
    return pd.DataFrame({name: _texts(table[name]) for name in table.column_names}, dtype=object)


def _texts(column: pa.ChunkedArray) -> list[str]:
    """Return cells as a CSV would hold them; lists of labels joined by ``|``."""
    return [_text(value) for value in column.to_pylist()]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bytes():
            return value.decode("utf-8", "replace")
        case list():
            return "|".join(map(_text, value))
        case float() if value != value:  # noqa: PLR0124 - not a number: an empty cell of pandas
            return ""
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
