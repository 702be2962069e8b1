import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from pipeline.probing.metadata import told_by_metadata

N = 400


@pytest.fixture
def cases():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "view": rng.choice(["AP", "PA", None], N),
            "sex": rng.choice(["F", "M"], N),
            "modality": "CR",
            "age": np.where(rng.random(N) < 0.1, np.nan, rng.integers(18, 90, N)),
            "height": rng.choice([320, 400], N),
            "width": 320,
        }
    )


def test_labels_that_go_with_view_and_size_are_told_on_other_cases(cases):
    rng, training = np.random.default_rng(1), np.arange(N) < 250
    odds = (cases["view"] == "AP") * 2 + (cases["height"] == 400) * 1.5 - 1.5
    labels = (rng.random(N) < 1 / (1 + np.exp(-odds))).astype(int).to_numpy()
    told, fields = told_by_metadata(cases, labels, training, seed=0)
    assert fields == ("view", "sex", "age", "height")
    np.testing.assert_allclose(told.sum(axis=1), 1)
    assert roc_auc_score(labels[~training], told[~training, 1]) > 0.65


def test_labels_of_validation_and_test_are_not_learned_from(cases):
    rng, training = np.random.default_rng(2), np.arange(N) < 250
    labels = rng.integers(0, 3, N)
    told, _ = told_by_metadata(cases, labels, training, seed=0)
    labels[~training] = (labels[~training] + 1) % 3
    np.testing.assert_array_equal(told, told_by_metadata(cases, labels, training, seed=0)[0])
    assert told.shape == (N, 3)


def test_a_value_that_training_lacks_is_as_one_not_recorded(cases):
    training = np.arange(N) < 250
    labels = np.random.default_rng(3).integers(0, 2, N)
    odd, none = cases.copy(), cases.copy()
    odd.loc[399, "view"], none.loc[399, "view"] = "LL", None
    one, other = (told_by_metadata(each, labels, training, seed=0)[0] for each in (odd, none))
    np.testing.assert_array_equal(one, other)


def test_metadata_that_do_not_differ_give_the_share_of_each_class(cases):
    same = cases.assign(view="PA", sex=None, age=np.nan, height=320)
    labels = np.arange(N) % 4 // 3
    told, fields = told_by_metadata(same, labels, np.arange(N) < 200, seed=0)
    assert fields == ()
    assert np.unique(told, axis=0).tolist() == [[0.75, 0.25]]
