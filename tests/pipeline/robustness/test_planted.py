"""Suspects are listed only where errors that were planted are found."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.robustness.planted import COLUMNS, _judge, plant_errors
from pipeline.robustness.suspects import out_of_fold, suspects


def test_planted_errors_are_found_where_embeddings_tell_the_classes_apart(bench):
    found = plant_errors(bench, bench.train)
    assert found.clear
    assert found.found > 3 * found.by_chance
    assert list(found.table.columns) == COLUMNS
    assert found.table["clear"].tolist() == [1]


@pytest.mark.parametrize("seed", range(6))
def test_of_shuffled_labels_none_is_named(bench, seed):
    labels = np.random.default_rng(seed).permutation(bench.train.labels)
    shuffled = replace(bench.train, labels=labels)
    named = suspects(out_of_fold(bench, shuffled), labels)
    assert named.size > 0.3 * labels.size  # which is why the trial is needed
    assert not plant_errors(replace(bench, seed=seed), shuffled).clear


def test_the_test_is_given_the_class_by_hand():
    """Of 10 labels 4 are planted and 5 named, 4 of them planted; a class without any is out."""
    found = _judge(np.array([[10, 4, 5, 4], [8, 0, 8, 0]], dtype=float))
    assert found.found == 1
    assert found.by_chance == pytest.approx(1 / 6)
    assert found.z == pytest.approx((4 - 2) / np.sqrt(4 * 6 * 5 * 5 / (100 * 9)))
