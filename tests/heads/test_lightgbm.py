import numpy as np
import pytest
from sklearn.metrics import log_loss

from heads.lightgbm import LightGBM


def test_the_trees_up_to_the_smallest_validation_loss_are_kept(make_examples):
    train = make_examples(effect=1.0)
    validation = make_examples(100, effect=1.0, seed=1)
    head = LightGBM(learning_rate=0.3, max_rounds=200, patience=20, seed=0).fit(train, validation)
    chosen = head.chosen()
    assert 1 <= chosen["rounds"] < 200
    assert head.booster_.num_trees() == chosen["rounds"]
    loss = log_loss(validation.labels, head.predict_proba(validation.plain))
    assert chosen["validation_log_loss"] == pytest.approx(loss)
    for rounds in range(1, chosen["rounds"]):
        fewer = head.booster_.predict(validation.plain, num_iteration=rounds)
        assert log_loss(validation.labels, fewer) >= loss


def test_rounds_are_limited(make_examples):
    head = LightGBM(max_rounds=3, colsample_bytree=1.0, seed=0)
    head.fit(make_examples(), make_examples(100, seed=1))
    assert head.chosen()["rounds"] == 3


def test_too_few_images_to_split_give_the_share_of_positives(make_examples):
    train, validation = make_examples(12), make_examples(10, seed=1)
    probability = LightGBM(seed=0).fit(train, validation).predict_proba(validation.plain)
    np.testing.assert_allclose(probability, 0.5)
