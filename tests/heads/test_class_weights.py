import numpy as np
import pytest

from heads.class_weights import class_weights, describe_class_weight


def test_balanced_weights_give_both_classes_the_same_sum():
    labels = np.array([1, 0, 0, 0])
    assert class_weights(labels, "balanced").tolist() == [pytest.approx(2 / 3), 2.0]
    weights = class_weights(labels, "balanced")[labels]
    assert weights[labels == 1].sum() == pytest.approx(weights[labels == 0].sum())
    assert weights.mean() == pytest.approx(1)


def test_no_weights_are_ones():
    assert class_weights(np.array([1, 0, 0]), None).tolist() == [1, 1]


def test_both_modes_have_words():
    assert "frequency" in describe_class_weight("balanced")
    assert "not corrected" in describe_class_weight(None)
