"""Differences over the same folds."""

import math

import numpy as np
import pytest
from scipy.stats import t

from pipeline.artifacts.crossvalidation import FoldAuc
from pipeline.statistics.fold_differences import fold_differences


def of(aucs, repeats=1, scored=20):
    every = {"scored": scored, "trained": 4 * scored, "fewest": 30}
    return [
        FoldAuc(repeat=repeat, fold=fold, **every, auc=auc)
        for repeat in range(repeats)
        for fold, auc in enumerate(aucs)
    ]


def test_the_mean_difference_has_the_corrected_variance_by_hand():
    (found,) = fold_differences({"a": of([0.8, 0.9, 0.7]), "b": of([0.7, 0.85, 0.5])}, 0.95)
    differences = np.array([0.1, 0.05, 0.2])
    error = math.sqrt((1 / 3 + 0.25) * differences.var(ddof=1))
    assert (found.first, found.second, found.folds) == ("a", "b", 3)
    assert found.auc.value == pytest.approx(differences.mean())
    assert found.auc.high - found.auc.value == pytest.approx(t.ppf(0.975, 2) * error)
    assert found.auc.p == pytest.approx(2 * t.sf(differences.mean() / error, 2))
    assert found.auc.p_holm == found.auc.p


def test_only_the_same_folds_are_compared():
    once, often = of([0.8, 0.9]), of([0.7, 0.7], repeats=3)
    (found,) = fold_differences({"arm": once, "head": often}, 0.95)
    assert (found.folds, found.auc.value) == (2, pytest.approx(0.15))
    assert fold_differences({"a": of([0.8, 0.9]), "b": of([0.8, 0.9], scored=19)}, 0.95) == []


def test_a_fold_without_an_auc_is_left_out_and_no_variance_makes_no_claim():
    models = {"a": of([0.8, None, 0.9]), "b": of([0.7, 0.9, 0.85])}
    assert fold_differences(models, 0.95)[0].auc.value == pytest.approx(0.075)
    (same,) = fold_differences({"a": of([0.8, 0.9]), "b": of([0.8, 0.9])}, 0.95)
    assert (same.auc.value, same.auc.low, same.auc.p) == (0, None, None)


def test_all_pairs_are_adjusted_together():
    generator = np.random.default_rng(0)
    models = {name: of(list(generator.uniform(0.6, 0.9, 5))) for name in "abc"}
    found = fold_differences(models, 0.95)
    assert [(each.first, each.second) for each in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    least = min(found, key=lambda each: each.auc.p)
    assert least.auc.p_holm == pytest.approx(3 * least.auc.p)
