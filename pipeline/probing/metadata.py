"""A model of the metadata alone: what a score comes to without a look at the pixels."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from pipeline.statistics.scored_cases import BoolArray, FloatArray, IntArray

CATEGORIES = ("view", "sex", "modality")
NUMBERS = ("age", "height", "width")
_TREES = {"max_depth": 3, "max_iter": 50, "min_samples_leaf": 10, "early_stopping": False}


def told_by_metadata(
    cases: pd.DataFrame, labels: IntArray, training: BoolArray, *, seed: int
) -> tuple[FloatArray, tuple[str, ...]]:
    """Fit view, sex, modality, age and the image's size to the labels of the training split.

    Parameters
    ----------
    cases
        As in data/cases.parquet, n_cases rows.
    labels : ndarray of shape (n_cases,)
        Class of each, from 0.
    training : ndarray of shape (n_cases,)
        Which of them the model learns from; every class is among these.
    seed
        Of the model.

    Returns
    -------
    probabilities : ndarray of shape (n_cases, n_classes)
    fields
        The columns that differ between training images, from which it learned. Without any, all
        cases have the probabilities of the training split's shares.

    Notes
    -----
    Gradient boosting of few shallow trees, with fixed settings, so that nothing is chosen. What is
    not recorded is a value of its own.
    """
    columns = {name: _numbers(cases[name], training) for name in (*CATEGORIES, *NUMBERS)}
    fields = tuple(name for name, values in columns.items() if _differ(values[training]))
    if not fields:
        shares = np.bincount(labels[training]) / np.count_nonzero(training)
        return np.tile(shares, (len(cases), 1)), ()
    x = np.column_stack([columns[name] for name in fields])
    model = HistGradientBoostingClassifier(
        categorical_features=[name in CATEGORIES for name in fields], random_state=seed, **_TREES
    ).fit(x[training], labels[training])
    probabilities: FloatArray = model.predict_proba(x)
    return probabilities, fields


def _numbers(values: pd.Series, training: BoolArray) -> FloatArray:
    """Return a column as numbers, categories by those of training; NaN for what is not known."""
    if values.name in NUMBERS:
        return values.to_numpy(np.float64, na_value=np.nan)
    known = sorted(values[training].dropna().unique())
    found: FloatArray = values.map({name: code for code, name in enumerate(known)}).to_numpy(
        np.float64, na_value=np.nan
    )
    return found


def _differ(values: FloatArray) -> bool:
    return np.unique(values).size > 1  # NaN are equal here
