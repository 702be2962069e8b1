"""CSV tables that stages write for one another, read back with the types they were written with."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from pipeline.artifacts.cells import restore
from radbank.errors import RadbankError


def read_own_table(path: Path, *, text: Collection[str], stage: str) -> pd.DataFrame:
    """Read a table whose columns are numbers but for those named.

    Nothing is guessed: a class may be called ``None``, ``NA`` or ``01``, and pandas would make
    missing values and numbers of these names.

    Parameters
    ----------
    path
        Of the CSV file.
    text
        Columns that hold text; the file need not have all of them. In the other columns an empty
        cell is a missing number.
    stage
        Which writes the table, for the error.

    Raises
    ------
    RadbankError
        If the file is missing or is no such table.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        numbers = [str(column) for column in table if column not in text]
        texts = {str(column): table[column].map(restore) for column in table if column in text}
        read = {column: pd.to_numeric(table[column]) for column in numbers}
        return table.assign(**texts, **read)
    except FileNotFoundError:
        raise RadbankError(f"There is no {path}: run `dvc repro {stage}`.") from None
    except ValueError:
        raise RadbankError(
            f"{path} is no table as the stage {stage} writes it: run `dvc repro {stage}`."
        ) from None
