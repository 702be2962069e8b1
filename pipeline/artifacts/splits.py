"""data/splits.csv: the patient, split and fold of every image."""

from pathlib import Path

import pandas as pd

from pipeline.artifacts.cells import restore
from radbank.errors import RadbankError

COLUMNS = ["id", "group", "split", "fold"]
SPLITS = ("train", "validation", "test", "excluded")


def read_splits(path: str | Path) -> pd.DataFrame:
    """Read data/splits.csv: id and group as text, split, fold as integer.

    Raises
    ------
    RadbankError
        If the file is missing or has other columns, or a group is on two sides.
    """
    advice = "run `dvc repro split` to make it anew"
    try:
        splits = pd.read_csv(
            path,
            dtype={"id": "str", "group": "str", "split": "str", "fold": "int64"},
            keep_default_na=False,
        )
    except FileNotFoundError:
        raise RadbankError(f"There is no {path}: {advice}.") from None
    except (ValueError, OSError):
        raise RadbankError(f"{path} is no table of splits: {advice}.") from None
    if list(splits.columns) != COLUMNS:
        raise RadbankError(f"{path} has not the columns {', '.join(COLUMNS)}: {advice}.")
    splits = splits.assign(id=splits["id"].map(restore), group=splits["group"].map(restore))
    if leak := straddling_group(splits):
        raise RadbankError(f"{path} leaks: {leak}; {advice}.")
    return splits


def straddling_group(splits: pd.DataFrame) -> str | None:
    """Name a group whose images are in two splits or two folds, or return None.

    Excluded images are on no side: they may share a group with the test set, which is why they
    are excluded.
    """
    used = splits[splits["split"] != "excluded"]
    for column in ("split", "fold"):
        sides = used.groupby("group", sort=True)[column].unique()
        straddling = sides[sides.map(len) > 1]
        if len(straddling):
            where = " and ".join(str(side) for side in sorted(straddling.iloc[0]))
            return f"images of group {straddling.index[0]} are in {column} {where}"
    return None
