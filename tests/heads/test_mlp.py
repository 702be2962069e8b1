import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss

from heads.mlp import MLP
from heads.mlp_training import HiddenLayerNetwork


def test_the_best_weights_are_kept(make_examples):
    train = make_examples(60, 50, effect=0.5)
    validation = make_examples(100, 50, effect=0.5, seed=1)
    head = MLP(
        members=1, hidden=32, dropout=0.0, learning_rate=0.01, max_epochs=60, patience=5, seed=0
    )
    chosen = head.fit(train, validation).chosen()
    assert 1 <= int(chosen["epochs"]) < 55
    loss = log_loss(validation.labels, head.predict_proba(validation.plain))
    assert loss == pytest.approx(chosen["validation_log_loss"], abs=1e-5)


def test_epochs_are_limited(make_examples):
    head = MLP(hidden=4, max_epochs=2, seed=0).fit(make_examples(60), make_examples(40, seed=1))
    assert all(int(epochs) <= 2 for epochs in head.chosen()["epochs"].split(", "))


def test_scale_of_features_does_not_matter(make_examples):
    train, validation = make_examples(), make_examples(100, seed=1)
    first = MLP(hidden=16, max_epochs=5, seed=0).fit(train, validation)
    before = first.predict_proba(validation.plain)
    for examples in (train, validation):
        examples.embeddings[:] = examples.embeddings * 1024
    after = MLP(hidden=16, max_epochs=5, seed=0).fit(train, validation)
    np.testing.assert_allclose(after.predict_proba(validation.plain), before, atol=1e-5)


def test_the_seed_matters(make_examples):
    train, validation = make_examples(60), make_examples(40, seed=1)
    one, two = (MLP(hidden=4, max_epochs=2, seed=seed).fit(train, validation) for seed in (1, 2))
    assert (one.predict_proba(train.plain) != two.predict_proba(train.plain)).any()


def test_members_are_averaged_and_each_starts_elsewhere(make_examples):
    train, validation = make_examples(60), make_examples(40, seed=1)
    head = MLP(members=3, hidden=4, max_epochs=2, seed=0).fit(train, validation)
    assert len(head.chosen()["epochs"].split(", ")) == 3
    each = [head._probability_of(member, validation.plain) for member in range(3)]
    np.testing.assert_allclose(head.predict_proba(validation.plain), np.mean(each, axis=0))
    assert (each[0] != each[1]).any()
    alone = MLP(members=1, hidden=4, max_epochs=2, seed=0).fit(train, validation)
    np.testing.assert_array_equal(alone.predict_proba(validation.plain), each[0])


def test_probabilities_are_those_of_the_network_that_was_trained(make_examples):
    train, validation = make_examples(60), make_examples(40, seed=1)
    head = MLP(members=1, hidden=8, max_epochs=3, seed=0).fit(train, validation)
    network = HiddenLayerNetwork(12, 8, 0.3, 1).double().eval()
    network.load_state_dict(
        {name[2:]: torch.from_numpy(array) for name, array in head.arrays_.items()}
    )
    with torch.inference_mode():
        expected = torch.sigmoid(network(torch.from_numpy(validation.plain).double()))
    np.testing.assert_allclose(head.predict_proba(validation.plain)[:, 1], expected, atol=1e-11)
