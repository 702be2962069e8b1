"""Probe embeddings for shortcuts: test how well they predict view, sex or device.

Where such a property goes with the label, a head can score well by predicting the property. A
logistic regression on the embeddings shows whether they hold it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.probing.classifier import FOLDS, told_out_of_fold
from pipeline.statistics.auc import auc_interval
from pipeline.statistics.delong import influences
from pipeline.statistics.grouping import Subgroup, find_subgroups
from pipeline.statistics.scored_cases import BinaryCases, BoolArray, FloatArray

METHOD = (
    "logistic regression on standardised embeddings, one value against the others, patient-grouped "
    "cross-validation inside the training split"
)
_OUTCOMES = {"finding", "label", "synthetic"}  # outcomes, which are no shortcuts


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


@dataclass(frozen=True, eq=False)
class Reading:
    """How well the embeddings tell one value of a property from the others.

    Attributes
    ----------
    column, value
        Of data/cases.parquet.
    has, known : ndarray of shape (n_images,), bool
        Which images have the value, and of which the property is known.
    n_patients
        With the value.
    probability : ndarray of shape (n_known,), or None
        Of the value, out of fold, for the images of which it is known; None where too few
        patients have it or lack it.
    """

    column: str
    value: str
    has: BoolArray
    known: BoolArray
    n_patients: int
    probability: FloatArray | None

    def scored(self, images: Images) -> BinaryCases | None:
        """Return the known images, scored by the probability of the value."""
        if self.probability is None:
            return None
        has = self.has[self.known].astype(np.int64)
        return BinaryCases.of(has, self.probability, images.groups[self.known])


def read_values(images: Images, cases: pd.DataFrame, *, minimum: int, seed: int) -> list[Reading]:
    """Predict each property of the cases from the embeddings, out of fold.

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
    seed
        Of the folds.
    """
    readings = []
    for column, value, has, known in _targets(cases, images.ids):
        patients = [np.unique(images.groups[part & known]).size for part in (has, ~has)]
        probability = None
        if min(patients) >= max(minimum, FOLDS):
            probability = told_out_of_fold(
                images.embeddings[known],
                has[known].astype(np.int64),
                images.groups[known],
                n_classes=2,
                seed=seed,
            )[:, 1]
        readings.append(Reading(column, value, has, known, patients[0], probability))
    return readings


def probe(
    images: Images, readings: Sequence[Reading], *, confidence: float
) -> list[dict[str, Any]]:
    """Return how well the embeddings predict each property of the cases.

    Parameters
    ----------
    images
        Of the training split.
    readings
        From :func:`read_values`.
    confidence
        Of the intervals, as 0.95.

    Returns
    -------
    list of dict
        One a value: `column`, `value`, `n`, `n_patients`, `positive_with` and
        `positive_without` (share of positive labels with and without the value: a shortcut needs
        these to differ; None of more than two classes), `auc` with its interval, and `too_small`,
        which leaves `auc` undefined.
    """
    rows = []
    for each in readings:
        auc: dict[str, float | None] = {"value": None, "low": None, "high": None}
        if (scored := each.scored(images)) is not None:
            low, high = auc_interval([scored], confidence)
            auc = {"value": influences(scored)[0], "low": low, "high": high}
        rows.append(
            {
                "column": each.column,
                "value": each.value,
                "n": int(each.has.sum()),
                "n_patients": each.n_patients,
                "positive_with": _positive(images, each.has),
                "positive_without": _positive(images, each.known & ~each.has),
                "too_small": scored is None,
                "auc": auc,
            }
        )
    return rows


def sharing(cases: pd.DataFrame, ids: pd.Series) -> list[Subgroup]:
    """Return the images that share a property, but for those that share an outcome."""
    return [each for each in find_subgroups(cases, ids) if each.column not in _OUTCOMES]


def _targets(
    cases: pd.DataFrame, ids: pd.Series
) -> Iterator[tuple[str, str, BoolArray, BoolArray]]:
    """Yield column, value, the images that have it, and those whose value is known."""
    subgroups = sharing(cases, ids)
    for column in dict.fromkeys(each.column for each in subgroups):
        values = [each for each in subgroups if each.column == column]
        known = np.logical_or.reduce([each.members for each in values])
        for each in values[1:] if len(values) == 2 else values:
            yield column, each.value, each.members, known


def _positive(images: Images, part: BoolArray) -> float | None:
    """Return the share of positives, where there are positives."""
    if images.labels.max() > 1 or not part.any():
        return None
    return float(images.labels[part].mean())
