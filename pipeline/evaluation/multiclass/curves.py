"""The curves behind the figures of several classes, as they are written to `plots/`."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.evaluation.curves import roc
from pipeline.evaluation.multiclass.cases import ClassCases
from pipeline.evaluation.scored_cases import FloatArray, ScoredCases


def class_roc(cases: ClassCases, classes: Sequence[str]) -> pd.DataFrame:
    """Return the ROC curve of each class against the rest.

    Returns
    -------
    DataFrame
        `class`, `fpr`, `tpr`; a class without cases has no rows.
    """
    curves = [
        roc(cases.against_rest(label)).assign(**{"class": name})
        for label, name in enumerate(classes)
    ]
    return pd.concat(curves, ignore_index=True)[["class", "fpr", "tpr"]]


def macro_roc(cases: ClassCases) -> pd.DataFrame:
    """Return the mean of the ROC curves of all classes, sensitivity averaged at equal fpr.

    Where a curve is vertical, it has a lowest and a highest sensitivity at one fpr; both are
    averaged, so that the area below the mean curve is the mean of the areas: the macro AUC.

    Returns
    -------
    DataFrame
        `fpr`, `tpr`; no rows where a class is absent.
    """
    if not cases.has_every_class:
        return pd.DataFrame({"fpr": [], "tpr": []}, dtype=np.float64)
    curves = [roc(cases.against_rest(label)) for label in range(cases.n_classes)]
    grid = np.unique(np.concatenate([curve["fpr"] for curve in curves]))
    ends = [_ends(curve["fpr"].to_numpy(), curve["tpr"].to_numpy(), grid) for curve in curves]
    mean = np.mean(ends, axis=0)  # (2, n_grid): lowest and highest
    return pd.DataFrame({"fpr": grid.repeat(2), "tpr": mean.T.ravel()})


def _ends(x: FloatArray, y: FloatArray, at: FloatArray) -> FloatArray:
    """Return the lowest and the highest y of a rising curve at each x, shape (2, n_at)."""
    first, last = (np.searchsorted(x, at, side) for side in ("left", "right"))
    between = np.interp(at, x, y)
    return np.stack(
        [
            np.where(first < last, y[np.minimum(first, x.size - 1)], between),
            np.where(first < last, y[last - 1], between),
        ]
    )


def top_label(cases: ClassCases) -> ScoredCases:
    """Return whether each case was called right (label) and how probable its call was.

    Whose calibration is that of the model's confidence in its calls (Guo et al., On Calibration of
    Modern Neural Networks, ICML 2017).
    """
    return ScoredCases(
        cases.right.astype(np.int64),
        cases.probabilities.max(axis=1),
        cases.patients,
        cases.n_patients,
    )


def class_confusion(cases: ClassCases, classes: Sequence[str]) -> pd.DataFrame:
    """Return one row a case: `actual` and `predicted`, the names of classes."""
    names = np.asarray(classes, dtype=object)
    return pd.DataFrame({"actual": names[cases.labels], "predicted": names[cases.calls]})
