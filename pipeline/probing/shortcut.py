"""Probe embeddings for shortcuts: test how well they predict view, sex or device.

Where such a property goes with the label, a head can score well by predicting the property. A
logistic regression on the embeddings shows whether they hold it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.statistics.auc import auc_interval
from pipeline.statistics.delong import influences
from pipeline.statistics.grouping import find_subgroups
from pipeline.statistics.scored_cases import BinaryCases, FloatArray

METHOD = (
    "logistic regression on standardised embeddings, one value against the others, patient-grouped "
    "cross-validation inside the training split"
)
_OUTCOMES = {"finding", "label", "synthetic"}  # outcomes, which are no shortcuts
_FOLDS = 5
_PENALTY = 0.01  # inverse strength: embeddings have more columns than most cohorts have patients


@dataclass(frozen=True, eq=False)
class Images:
    """Embedded images of the training split.

    Attributes
    ----------
    embeddings
        ndarray of shape (n_images, n_features).
    labels
        ndarray of shape (n_images,), the class of each.
    groups
        ndarray of shape (n_images,): the patient of each.
    ids
        Of the images, in that order.
    """

    embeddings: NDArray[np.float32]
    labels: NDArray[np.int64]
    groups: NDArray[np.object_]
    ids: pd.Series


def probe(
    images: Images, cases: pd.DataFrame, *, minimum: int, confidence: float, seed: int
) -> list[dict[str, Any]]:
    """Return how well the embeddings predict each property of the cases.

    Parameters
    ----------
    images
        Of the training split.
    cases
        As in data/cases.parquet; its properties are those of
        :func:`pipeline.statistics.grouping.find_subgroups` but for the finding. Of a property
        with two values the first is left out: it says the same.
    minimum
        Patients with the value, and without it, below which nothing is fitted.
    confidence
        Of the intervals, as 0.95.
    seed
        Of the folds.

    Returns
    -------
    list of dict
        One a value: `column`, `value`, `n`, `n_patients`, `positive_with` and
        `positive_without` (share of positive labels with and without the value: a shortcut needs
        these to differ; None of more than two classes), `auc` with its interval, and `too_small`,
        which leaves `auc` undefined.
    """
    rows = []
    for column, value, has, known in _targets(cases, images.ids):
        patients = [np.unique(images.groups[part & known]).size for part in (has, ~has)]
        too_small = min(patients) < max(minimum, _FOLDS)
        auc: dict[str, float | None] = {"value": None, "low": None, "high": None}
        if not too_small:
            told = _out_of_fold(images, has, known, seed)
            scored = BinaryCases.of(has[known].astype(np.int64), told, images.groups[known])
            low, high = auc_interval([scored], confidence)
            auc = {"value": influences(scored)[0], "low": low, "high": high}
        rows.append(
            {
                "column": column,
                "value": value,
                "n": int(has.sum()),
                "n_patients": patients[0],
                "positive_with": _positive(images, has),
                "positive_without": _positive(images, known & ~has),
                "too_small": too_small,
                "auc": auc,
            }
        )
    return rows


def _targets(
    cases: pd.DataFrame, ids: pd.Series
) -> Iterator[tuple[str, str, NDArray[np.bool_], NDArray[np.bool_]]]:
    """Yield column, value, the images that have it, and those whose value is known."""
    subgroups = [each for each in find_subgroups(cases, ids) if each.column not in _OUTCOMES]
    for column in dict.fromkeys(each.column for each in subgroups):
        values = [each for each in subgroups if each.column == column]
        known = np.logical_or.reduce([each.members for each in values])
        for each in values[1:] if len(values) == 2 else values:
            yield column, each.value, each.members, known


def _out_of_fold(
    images: Images, has: NDArray[np.bool_], known: NDArray[np.bool_], seed: int
) -> FloatArray:
    """Return each known image's probability, from a model that saw none of its patient's."""
    x, y, groups = images.embeddings[known], has[known], pd.factorize(images.groups[known])[0]
    told = np.empty(y.size)
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed)
    for train, held_out in folds.split(x, y, groups):
        model = make_pipeline(
            StandardScaler(), LogisticRegression(C=_PENALTY, class_weight="balanced", max_iter=500)
        ).fit(x[train], y[train])
        told[held_out] = model.predict_proba(x[held_out])[:, 1]
    return told


def _positive(images: Images, part: NDArray[np.bool_]) -> float | None:
    """Return the share of positives, where there are positives."""
    if images.labels.max() > 1 or not part.any():
        return None
    return float(images.labels[part].mean())
