import numpy as np


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
