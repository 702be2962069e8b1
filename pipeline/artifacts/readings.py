"""The table that `data.readings` names: what images were called when they were read again."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.artifacts.cells import restore, to_csv
from pipeline.artifacts.table import read_table
from radbank.errors import RadbankError
from radbank.files import write_text

COLUMNS = ("id", "kind", "reading", "reader")
SUSPECT, CONTROL = KINDS = ("suspect", "control")


def read_readings(path: Path, classes: Sequence[str]) -> pd.DataFrame:
    """Read a table of readings.

    Parameters
    ----------
    path
        CSV with columns id, kind (why the image was read again: suspect or control), reading (a
        class) and reader; the last may be empty.
    classes
        Names by label.

    Returns
    -------
    DataFrame
        The columns as text, one row an image, sorted by id.

    Raises
    ------
    RadbankError
        If the table is missing or lacks a column, or a row has another kind or class, or an image
        has two readings.
    """
    table = read_table(path, COLUMNS)[list(COLUMNS)].map(restore)
    for column, allowed in (("kind", KINDS), ("reading", classes)):
        wrong = table[~table[column].isin(allowed)]
        if len(wrong):
            raise RadbankError(
                f"{path} (data.readings) has the {column} {wrong[column].iloc[0]!r} of image "
                f"{wrong['id'].iloc[0]}: it must be one of {', '.join(allowed)}."
            )
    twice = table["id"][table["id"].duplicated()]
    if len(twice):
        raise RadbankError(
            f"{path} (data.readings) has image {twice.iloc[0]} twice: keep one reading of it."
        )
    return table.sort_values("id").reset_index(drop=True)


def write_readings(path: Path, readings: pd.DataFrame) -> None:
    """Write a table of readings, sorted by id."""
    write_text(path, to_csv(readings[list(COLUMNS)].sort_values("id")))
