import dataclasses

import numpy as np
import pytest

from heads.linear_probe import LinearProbe


def test_adams_first_step_moves_every_weight_by_the_learning_rate(make_examples):
    # Kingma and Ba (2015), algorithm 1: at step 1 the update is the rate times the gradient's sign
    train = make_examples(30, 6, n_views=1)
    head = LinearProbe(epochs=1, class_weight=None, seed=0).fit(train, train)
    gradient = ((0.5 - train.labels)[:, None] * train.plain).mean(axis=0)
    weight = head.arrays_["weight"]
    np.testing.assert_allclose(weight, -1e-5 * np.sign(gradient), rtol=1e-4)


def test_the_last_epoch_is_kept_whatever_the_validation_loss(make_examples):
    train = make_examples()
    upside_down = dataclasses.replace(train, labels=1 - train.labels)
    one, two = (LinearProbe(seed=0).fit(train, other) for other in (train, upside_down))
    assert one.chosen()["epochs"] == 10
    assert one.arrays_["weight"].tolist() == two.arrays_["weight"].tolist()


def test_training_shows_augmented_views_only(make_examples):
    train = make_examples()
    train.embeddings[:, 0] = 1e9
    head = LinearProbe(seed=0).fit(train, train)
    assert head.chosen()["training_views"] == "augmented"
    assert np.abs(head.arrays_["weight"]).max() < 1e-3
    assert head.predict_proba(train.embeddings[:, 1]).std() > 0


@pytest.mark.parametrize(("n_views", "augment"), [(1, True), (3, False)])
def test_without_augmented_views_the_plain_one_is_shown_and_said(make_examples, n_views, augment):
    head = LinearProbe(augment=augment, seed=0)
    train = make_examples(n_views=n_views)
    assert head.fit(train, train).chosen()["training_views"] == "plain"
    alone = dataclasses.replace(train, embeddings=train.embeddings[:, :1])
    assert (
        head.arrays_["weight"].tolist()
        == LinearProbe(seed=0).fit(alone, alone).arrays_["weight"].tolist()
    )


def test_classes_weigh_the_same_unless_told_otherwise(make_examples):
    train = make_examples(30, 6, n_views=1)
    many = train.take(np.r_[np.repeat(np.flatnonzero(train.labels == 1), 9), 0:30])
    balanced, plain = (
        LinearProbe(class_weight=mode, seed=0).fit(many, many) for mode in ("balanced", None)
    )
    gradient = balanced.arrays_["bias"], plain.arrays_["bias"]
    assert gradient[1] > 1e-5
    assert abs(gradient[0]) < gradient[1]
    assert "inversely to its frequency" in balanced.imbalance
    assert "not corrected" in plain.imbalance
