"""The main metrics of several classes are scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn import metrics as reference

from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases, Weighted
from pipeline.evaluation.metrics import METRICS, main_metrics
from pipeline.evaluation.rule import DecisionRule
from pipeline.statistics.scored_cases import ScoredCases


def classify(labels, probabilities):
    task = Task.of([str(label) for label in range(probabilities.shape[1])])
    cases = ScoredCases.of(labels, probabilities, np.arange(len(labels)))
    return ClassifiedCases.of(task, cases, DecisionRule(None))


def computed(classified, weights=None):
    weights = np.ones((1, classified.cases.n)) if weights is None else weights
    weighted = Weighted(classified, weights)
    metrics = [*main_metrics(classified.task), METRICS["mcc"]]
    return {metric.name: metric.values(weighted) for metric in metrics}


def by_scikit_learn(labels, probabilities, weights):
    """Return the same figures of scikit-learn."""
    calls, weigh = probabilities.argmax(axis=1), {"sample_weight": weights}
    classes = range(probabilities.shape[1])
    squares = np.square(probabilities - np.eye(len(classes))[labels]).sum(axis=1)
    return {
        "accuracy": reference.accuracy_score(labels, calls, **weigh),
        # scikit-learn weighs no AUC of several classes: the mean of those of two
        "auc": np.mean(
            [reference.roc_auc_score(labels == k, probabilities[:, k], **weigh) for k in classes]
        ),
        "balanced_accuracy": reference.balanced_accuracy_score(labels, calls, **weigh),
        "f1": reference.f1_score(labels, calls, average="macro", **weigh),
        "kappa": reference.cohen_kappa_score(labels, calls, **weigh),
        "mcc": reference.matthews_corrcoef(labels, calls, **weigh),
        "log_loss": reference.log_loss(labels, probabilities, labels=classes, **weigh),
        "brier": weights @ squares / weights.sum(),
    }


@settings(max_examples=60, deadline=None)
@given(
    n_classes=st.integers(3, 5),
    decimals=st.sampled_from([1, 2, 8]),  # few decimals make ties
    seed=st.integers(0, 2**32 - 1),
)
def test_every_metric_is_scikit_learns_whatever_the_weights(n_classes, decimals, seed):
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(n_classes), rng.integers(0, n_classes, 40)])
    logits = rng.normal(size=(len(labels), n_classes)) + 0.8 * np.eye(n_classes)[labels]
    probabilities = softmax(np.round(logits, decimals), axis=1)
    weights = np.stack([np.ones(len(labels)), rng.integers(1, 4, len(labels))]).astype(float)
    found = computed(classify(labels, probabilities), weights)
    for row, each in enumerate(weights):
        expected = by_scikit_learn(labels, probabilities, each)
        assert set(found) == set(expected)
        for name, value in expected.items():
            assert found[name][row] == pytest.approx(value, abs=1e-10), name


def test_known_answers():
    # actual by called: [[2, 0, 0], [1, 1, 0], [0, 1, 1]]
    labels, calls = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 0, 1, 1, 2])
    found = {name: value[0] for name, value in computed(classify(labels, np.eye(3)[calls])).items()}
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["balanced_accuracy"] == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert found["f1"] == pytest.approx((4 / 5 + 2 / 4 + 2 / 3) / 3)
    # agreement 4/6; by chance (3*2 + 2*2 + 1*2) / 36 = 1/3
    assert found["kappa"] == pytest.approx((4 / 6 - 1 / 3) / (1 - 1 / 3))
    assert found["brier"] == pytest.approx(2 * 2 / 6)
    assert found["auc"] == pytest.approx((7 / 8 + 5 / 8 + 6 / 8) / 3)


def test_a_set_without_a_class_leaves_the_means_over_classes_undefined(several):
    classified = several()
    found = computed(classified, (classified.cases.labels != 2).astype(float)[np.newaxis])
    for name in ("auc", "balanced_accuracy", "f1"):
        assert np.isnan(found[name]).all()
    for name in ("accuracy", "kappa", "log_loss", "brier"):
        assert np.isfinite(found[name]).all()


def test_cases_of_one_class_called_so_have_no_kappa():
    probabilities = np.array([[1.0, 0, 0], [1, 0, 0]])
    assert np.isnan(computed(classify([0, 0], probabilities))["kappa"]).all()
