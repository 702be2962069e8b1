"""An arm trained again: from the start each time, and never twice on the same."""

import numpy as np
import pytest

from pipeline.finetuning import retraining
from radbank.home import cache


def test_each_training_starts_from_the_backbone_as_it_is(image_cohort, again, monkeypatch):
    cohort = image_cohort()
    other = cohort.altered(cohort.table[cohort.table["group"] != "p00"])
    first = again.probabilities(other)
    again.probabilities(cohort)
    for file in (cache() / "retrained").glob("*.npy"):
        file.unlink()
    np.testing.assert_array_equal(again.probabilities(other), first)
    assert first.shape == (46, 2)


def test_nothing_is_trained_twice_and_no_state_is_left(image_cohort, again, monkeypatch):
    cohort, states = image_cohort(), set((cache() / "training").glob("*"))
    first = again.probabilities(cohort)
    assert set((cache() / "training").glob("*")) == states

    def fit(*_, **__):
        pytest.fail("trained twice")

    monkeypatch.setattr(retraining, "fit", fit)
    np.testing.assert_array_equal(again.probabilities(cohort), first)


@pytest.mark.parametrize("alter", ["label", "split"])
def test_other_labels_or_splits_are_another_training(image_cohort, again, alter):
    cohort = image_cohort()
    table = cohort.table.copy()
    row = np.flatnonzero(table["split"] == "train")[0]
    table.loc[row, alter] = 1 - table.loc[row, "label"] if alter == "label" else "validation"
    other = cohort.altered(table)
    assert not np.array_equal(again.probabilities(other), again.probabilities(cohort))


def test_a_damaged_answer_is_computed_anew(image_cohort, again):
    cohort = image_cohort()
    before = set((cache() / "retrained").glob("*.npy"))
    first = again.probabilities(cohort)
    for file in set((cache() / "retrained").glob("*.npy")) - before:
        file.write_bytes(b"no array")
    np.testing.assert_array_equal(again.probabilities(cohort), first)
