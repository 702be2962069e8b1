"""Reading the tables that come with a data set."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from radbank.errors import RadbankError


def read_table(path: Path, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Read a CSV as text, empty cells as empty text.

    Parameters
    ----------
    path
        The file.
    columns
        Names that its header must have.

    Raises
    ------
    RadbankError
        If the file is missing, is no CSV, or lacks a column.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise RadbankError(f"There is no {path}, which the data set's layout needs.") from None
    except (ValueError, OSError):
        raise RadbankError(f"{path} cannot be read as a CSV in UTF-8.") from None
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise RadbankError(f"{path} has no column {', '.join(missing)}.")
    return table
