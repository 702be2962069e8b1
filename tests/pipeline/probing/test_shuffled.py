import numpy as np
from sklearn.metrics import roc_auc_score

from pipeline.probing.classifier import told
from pipeline.probing.shuffled import SHUFFLES, told_from_shuffled


def test_heads_on_shuffled_labels_tell_the_label_by_chance_only():
    rng = np.random.default_rng(0)
    labels, training = np.arange(600) % 2, np.arange(600) < 300
    x = rng.normal(size=(600, 30)).astype(np.float32)
    x[:, 0] += 2 * labels
    real = told(x[training], labels[training], x[~training], 2)[:, 1]
    assert roc_auc_score(labels[~training], real) > 0.8
    found = told_from_shuffled(x, labels, training, seed=0)
    aucs = [roc_auc_score(labels[~training], each[~training, 1]) for each in found]
    assert len(aucs) == SHUFFLES == len(set(aucs))
    assert 0.3 < np.mean(aucs) < 0.7


def test_labels_outside_training_are_not_learned_from():
    rng = np.random.default_rng(1)
    labels, training = np.arange(90) % 3, np.arange(90) < 60
    x = rng.normal(size=(90, 5)).astype(np.float32)
    found = told_from_shuffled(x, labels, training, seed=0)
    other = np.where(training, labels, 2 - labels)
    for one, again in zip(found, told_from_shuffled(x, other, training, seed=0), strict=True):
        np.testing.assert_array_equal(one, again)
        np.testing.assert_allclose(one.sum(axis=1), 1)


def test_a_class_that_training_lacks_has_probability_0():
    x = np.random.default_rng(2).normal(size=(20, 3))
    assert told(x, np.arange(20) % 2 * 2, x, 3)[:, 1].tolist() == [0] * 20
    assert told(x, np.ones(20, int), x, 3).tolist() == [[0, 1, 0]] * 20
