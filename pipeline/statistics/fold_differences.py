"""Differences of the AUCs of several models over the same folds of cross-validation.

On a fold both models are trained on the same patients and scored on the same others, so what makes
a fold hard cancels out. Of the J differences of folds that both models have, the mean is tested
with the corrected resampled variance (:mod:`pipeline.statistics.fold_mean`: Nadeau and Bengio
2003), all pairs together by Holm's method.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from pipeline.artifacts.crossvalidation import FoldAuc, FoldDifference
from pipeline.artifacts.results import Difference
from pipeline.statistics.fold_mean import OfFolds
from pipeline.statistics.holm import holm


def fold_differences(
    models: Mapping[str, Sequence[FoldAuc]], confidence: float
) -> list[FoldDifference]:
    """Compare every pair of models over the folds that both have.

    Parameters
    ----------
    models
        By name, the AUC of every fold. Of two models the one named earlier is the first, from
        which the other is subtracted.
    confidence
        Of the intervals, as 0.95.

    Returns
    -------
    list of FoldDifference
        One a pair that shares a fold with the same patients.
    """
    found = []
    for first, second in combinations(models, 2):
        others = {each.key: each for each in models[second]}
        same = [(each, others[each.key]) for each in models[first] if each.key in others]
        if same:
            found.append((first, second, len(same), _difference(same, confidence)))
    adjusted = holm([auc.p for *_, auc in found])
    return [
        FoldDifference(
            first=first, second=second, folds=n, auc=auc.model_copy(update={"p_holm": p})
        )
        for (first, second, n, auc), p in zip(found, adjusted, strict=True)
    ]


def of_folds(folds: Sequence[FoldAuc]) -> OfFolds:
    """Return the AUCs of folds with what their variance depends on."""
    return OfFolds(
        figures=np.array([np.nan if each.auc is None else each.auc for each in folds]),
        repeat=np.array([each.repeat for each in folds]),
        ratio=float(np.mean([each.scored / max(each.trained, 1) for each in folds])),
        fewest=min(each.fewest for each in folds),
    )


def _difference(same: Sequence[tuple[FoldAuc, FoldAuc]], confidence: float) -> Difference:
    """Return the mean difference over folds, with its interval and p-value."""
    first, second = (of_folds([pair[place] for pair in same]) for place in (0, 1))
    differences = replace(first, figures=first.figures - second.figures)
    mean = differences.mean(confidence, (-1.0, 1.0))
    return Difference(**mean.model_dump(exclude_unset=True), p=differences.p_value())
