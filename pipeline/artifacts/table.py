"""Read the tables that come with a data set."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from radbank.errors import RadbankError


def read_table(path: Path, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Read a CSV or a parquet file as trimmed text, empty cells as empty text.

    Parameters
    ----------
    path
        The file; one whose name ends in ``.parquet`` is read as that, any other as a CSV.
    columns
        Names that its header must have.

    Raises
    ------
    RadbankError
        If the file is missing or unreadable, has rows longer than its header, or lacks a column.
    """
    if path.is_dir():
        raise RadbankError(f"{path} is a folder, and a table is needed there.")
    if not path.exists():
        raise RadbankError(f"There is no {path}, which the data set's layout needs.")
    table = _read_parquet(path) if path.suffix == ".parquet" else _read_csv(path)
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise RadbankError(f"{path} has no column {', '.join(missing)}.")
    return pd.DataFrame({name: table[name].str.strip() for name in table.columns})


def _read_csv(path: Path) -> pd.DataFrame:
    if path.stat().st_size == 0:
        raise RadbankError(f"{path} is empty.")
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, OSError):
        raise RadbankError(f"{path} cannot be read as a CSV in UTF-8.") from None
    if not isinstance(table.index, pd.RangeIndex):
        raise RadbankError(f"{path} has rows with more cells than its header.")
    # a row that ends early leaves its last cells without a value
    return table.fillna("")


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
