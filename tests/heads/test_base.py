import numpy as np
import pytest

from heads.base import class_weights, describe_class_weight


def test_take_keeps_rows_together(make_examples):
    examples = make_examples(20)
    taken = examples.take(examples.labels == 1)
    assert len(taken) == 10
    assert taken.labels.tolist() == [1] * 10
    np.testing.assert_array_equal(taken.embeddings, examples.embeddings[:10])
    assert taken.groups.tolist() == examples.groups[:10].tolist()
    assert taken.folds.tolist() == examples.folds[:10].tolist()


def test_views_as_rows_keep_label_patient_and_fold(make_examples):
    examples = make_examples(20, 4, n_views=3)
    rows = examples.views_as_rows()
    assert rows.embeddings.shape == (60, 1, 4)
    for image in range(20):
        for view in range(3):
            row = 3 * image + view
            np.testing.assert_array_equal(rows.plain[row], examples.embeddings[image, view])
            assert rows.labels[row] == examples.labels[image]
            assert rows.groups[row] == examples.groups[image]
            assert rows.folds[row] == examples.folds[image]


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
