"""How well a model does on parts of the cases, and how far that is from how it does on all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from pipeline.evaluation.delong import auc_interval, influences, quantile, spread
from pipeline.evaluation.metrics import AllMetrics
from pipeline.evaluation.proportion import BoolArray, share_interval
from pipeline.evaluation.scored_cases import FloatArray, ScoredCases
from radbank.errors import RadbankError

AGE_EDGES = (18, 40, 65)  # years: each band begins at one and ends before the next
MAX_VALUES = 12  # a column with more different values names things, it does not group them
_NOT_GROUPS = {
    *("id", "group", "path", "label", "boxes", "official_split"),
    *("height", "width", "sha256", "age"),
}
_NOTHING: dict[str, float | None] = {"value": None, "low": None, "high": None}


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


def score_subgroups(
    models: Mapping[str, AllMetrics],
    subgroups: list[Subgroup],
    *,
    confidence: float,
    minimum: int,
) -> list[dict[str, Any]]:
    """Score every model on every subgroup.

    Parameters
    ----------
    models
        Metrics by name, of all reported cases, each at its model's own threshold.
    subgroups
        Of the same cases in the same order.
    confidence
        Of the intervals, as 0.95.
    minimum
        Patients below which a subgroup is marked as too small.

    Returns
    -------
    list of dict
        One a subgroup: `column`, `value`, `n`, `n_patients`, `n_positive`, `too_small`, and
        `models`: by name `auc`, `sensitivity` and `specificity` as value, low and high, and
        `auc_gap`, the subgroup's AUC minus that of all cases, likewise.
    """
    rows = []
    for subgroup in subgroups:
        inside = subgroup.members
        cases = _restrict(next(iter(models.values())).cases, inside)
        rows.append(
            {
                "column": subgroup.column,
                "value": subgroup.value,
                "n": cases.n,
                "n_patients": cases.n_patients,
                "n_positive": cases.n_positive,
                "too_small": cases.n_patients < minimum,
                "models": {
                    name: _score(metrics, inside, confidence) for name, metrics in models.items()
                },
            }
        )
    return rows


def _score(metrics: AllMetrics, inside: BoolArray, confidence: float) -> dict[str, Any]:
    part = _restrict(metrics.cases, inside)
    right = (part.probabilities >= metrics.threshold) == (part.labels == 1)
    shares = {
        name: _share(right, part.labels == label, part, confidence)
        for name, label in (("sensitivity", 1), ("specificity", 0))
    }
    if not part.has_both_classes:
        return {"auc": _NOTHING, "auc_gap": _NOTHING, **shares}
    auc, _ = influences(part)
    low, high = auc_interval(part, confidence)
    return {
        "auc": {"value": auc, "low": low, "high": high},
        "auc_gap": gap_to_whole(metrics.cases, inside, confidence),
        **shares,
    }


def _share(
    right: BoolArray, counted: BoolArray, cases: ScoredCases, confidence: float
) -> dict[str, float | None]:
    if not counted.any():
        return _NOTHING
    low, high = share_interval(right, counted, cases, confidence)
    return {"value": float(right[counted].mean()), "low": low, "high": high}


def gap_to_whole(
    whole: ScoredCases, inside: BoolArray, confidence: float
) -> dict[str, float | None]:
    """Return the AUC of a part of the cases minus that of all, with its interval.

    The part belongs to the whole, so the two areas are not independent: each case's influences on
    both are subtracted before they are summed by patient, as when two models are compared.

    A part with an AUC of 1, or with fewer than two patients of a class, has no interval.

    Parameters
    ----------
    whole
        All cases.
    inside
        ndarray of shape (n_cases,): which of them are the part; both classes are in it.
    confidence
        Of the interval, as 0.95.
    """
    auc, influence = influences(whole)
    part_auc, part_influence = influences(_restrict(whole, inside))
    on_part: FloatArray = np.zeros(whole.n)
    on_part[inside] = part_influence
    gap = part_auc - auc
    scatter = spread(on_part - influence, whole)
    if scatter is None or not 0 < part_auc < 1 or not _has_spread(part_influence, whole, inside):
        return {"value": gap, "low": None, "high": None}
    half = quantile(confidence, 2 * scatter.satterthwaite) * float(np.sqrt(scatter.variance))
    return {"value": gap, "low": gap - half, "high": gap + half}


def _has_spread(influence: FloatArray, whole: ScoredCases, inside: BoolArray) -> bool:
    return spread(influence, _restrict(whole, inside)) is not None


def _restrict(cases: ScoredCases, inside: BoolArray) -> ScoredCases:
    """Return the cases inside, their patients numbered anew."""
    return ScoredCases.of(cases.labels[inside], cases.probabilities[inside], cases.patients[inside])
