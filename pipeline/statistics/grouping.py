"""Subgroups of the cases by the columns of data/cases.parquet."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.statistics.scored_cases import BoolArray, IntArray
from radbank.errors import RadbankError

AGE_EDGES = (18, 40, 65)  # years: each band begins at one and ends before the next
MAX_VALUES = 12  # a column with more values identifies cases and does not group them
_NOT_GROUPS = {
    *("id", "group", "path", "label", "given_label", "read_again"),
    *("boxes", "official_split"),
    *("height", "width", "sha256", "age"),
}
LEAST_OF_CLASS = 10  # patients of each class, below which an AUC within a group says little


@dataclass(frozen=True, eq=False)
class Subgroup:
    """Cases that share a property.

    Attributes
    ----------
    column
        Of data/cases.parquet; 'age' for bands of it.
    value
        What they share, in words.
    members
        ndarray of shape (n_cases,): which of the reported cases belong to it.
    """

    column: str
    value: str
    members: BoolArray


def find_subgroups(cases: pd.DataFrame, ids: pd.Series) -> list[Subgroup]:
    """Return the subgroups of the cases with the given ids, by column and then by value.

    Parameters
    ----------
    cases
        As in data/cases.parquet. Every column that divides the cases into 2 to 12 parts is used,
        those of a manifest too, and the age in bands.
    ids
        Of the reported cases, in their order.

    Raises
    ------
    RadbankError
        If an id is not among the cases.
    """
    table = cases.set_index("id")
    unknown = ~ids.isin(table.index)
    if unknown.any():
        raise RadbankError(
            f"data/cases.parquet lacks {unknown.sum()} of the predicted cases (the first is "
            f"{ids[unknown].iloc[0]!r}): run `dvc repro` to make both anew."
        )
    table = table.loc[ids]
    return list(_of_columns(table))


def fewest_of_class(
    labels: IntArray, groups: NDArray[Any], inside: BoolArray, *, n_classes: int
) -> int:
    """Return the patients of the rarest of all classes among some of the cases.

    Parameters
    ----------
    labels, groups, inside : ndarray of shape (n_cases,)
        Class and patient of each case, and which cases are meant.
    n_classes
        How many classes there are.
    """
    return min(np.unique(groups[inside & (labels == label)]).size for label in range(n_classes))


def _of_columns(table: pd.DataFrame) -> Iterator[Subgroup]:
    columns = {
        str(column): table[column].astype("object")
        for column in table
        if column not in _NOT_GROUPS and not table[column].map(np.ndim).any()
    }
    if "age" in table:
        columns["age"] = _bands(table["age"])
    for column, values in columns.items():
        recorded = values.dropna()
        if not 2 <= recorded.nunique() <= MAX_VALUES:
            continue
        for value in sorted(recorded.unique(), key=str):
            yield Subgroup(column, str(value), (values == value).to_numpy(dtype=bool))


def _bands(ages: pd.Series) -> pd.Series:
    """Return each age's band in words, as '40 to 64'; None where it is not known."""
    edges = [-np.inf, *AGE_EDGES, np.inf]
    names = [
        f"under {AGE_EDGES[0]}",
        *(f"{low} to {high - 1}" for low, high in pairwise(AGE_EDGES)),
        f"{AGE_EDGES[-1]} and over",
    ]
    bands = pd.cut(ages.astype("float64"), edges, right=False, labels=names)
    return bands.astype("object")
