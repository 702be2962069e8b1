"""The AUC among cases of one stratum, over all strata, and the test that it is one half.

Only pairs of cases within a stratum count. With strata of the label it says whether scores tell a
property apart from what goes with the label. The influences of the strata's AUCs, weighted by
their pairs, are summed by patient (:mod:`pipeline.statistics.clustered_variance`).
"""

import math
from dataclasses import replace

import numpy as np

from pipeline.artifacts.results import Tested
from pipeline.statistics.clustered_variance import spread_over
from pipeline.statistics.crossed import Part, p_value
from pipeline.statistics.delong import influences, spread
from pipeline.statistics.paired_test import paired_test
from pipeline.statistics.scored_cases import BinaryCases, FloatArray, IntArray

_CHANCE = 0.5


def auc_within(
    cases: BinaryCases, strata: IntArray, confidence: float, *, folds: int | None = None
) -> Tested:
    """Return the AUC within strata with its interval, and the p-value of one half.

    Parameters
    ----------
    cases
        Whose score is tested.
    strata
        ndarray of shape (n_cases,). A stratum with fewer than two patients of a class is left out.
    confidence
        Of the interval, as 0.95.
    folds
        Of the cross-validation that gave the scores; None where no model was fitted to the cases.
        Models of several folds share what they learned from, so the variance is multiplied by
        1 + folds / (folds - 1) [1]_: else values that nothing tells are called told too often.

    Returns
    -------
    Tested
        Without value where no stratum is left. An AUC of 0 or 1 has no interval; its p-value is
        that of the rank test, whose variance is multiplied by the mean number of images that an
        image's patient has.

    References
    ----------
    .. [1] Nadeau and Bengio, Inference for the generalization error, Machine Learning 52:239-281,
       2003.
    """
    pull: FloatArray = np.zeros(cases.n)
    masks, areas, pairs, null = [], [], [], []
    for stratum in np.unique(strata):
        inside = strata == stratum
        part = cases.inside(inside)
        if not part.has_both_classes:
            continue
        area, influence = influences(part)
        if spread(influence, part) is None:
            continue
        n_pairs = part.n_positive * (part.n - part.n_positive)
        pull[inside] = n_pairs * influence
        masks += [inside & (cases.labels == label) for label in (0, 1)]
        areas.append(area)
        pairs.append(n_pairs)
        null.append(n_pairs * (part.n + 1) / 12)
    if not pairs:
        return Tested(value=None, p=None)
    total = sum(pairs)
    auc = float(np.average(areas, weights=pairs))
    scatter = spread_over(pull / total, masks, cases.patients, cases.n_patients)
    factor = 1.0 if folds is None else 1 + folds / (folds - 1)
    if scatter is not None:
        scatter = replace(scatter, variance=factor * scatter.variance)
    found = paired_test(auc - _CHANCE, scatter, confidence)
    p = found.p
    if p is None and auc in (0, 1):
        sizes = np.bincount(cases.patients)
        variance = factor * sum(null) / total**2 * float(sizes @ sizes) / cases.n
        p = p_value(auc - _CHANCE, [Part(variance, math.inf)])
    ends = (None if end is None else end + _CHANCE for end in (found.low, found.high))
    low, high = (None if end is None else min(max(end, 0.0), 1.0) for end in ends)
    return Tested(value=auc, low=low, high=high, because=found.because, p=p)
