import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn import metrics as reference

from pipeline.evaluation.multiclass.cases import ClassCases
from pipeline.evaluation.multiclass.metrics import CLASS_METRICS, ClassMetrics


def by_scikit_learn(labels, said, weights):
    """Return the same figures of scikit-learn."""
    calls, weigh = said.argmax(axis=1), {"sample_weight": weights}
    classes = range(said.shape[1])
    expected = weights @ np.square(said - np.eye(said.shape[1])[labels]).sum(axis=1)
    return {
        "accuracy": reference.accuracy_score(labels, calls, **weigh),
        # scikit-learn weighs no AUC of several classes: the mean of those of two
        "auc": np.mean(
            [reference.roc_auc_score(labels == k, said[:, k], **weigh) for k in classes]
        ),
        "balanced_accuracy": reference.balanced_accuracy_score(labels, calls, **weigh),
        "macro_f1": reference.f1_score(labels, calls, average="macro", **weigh),
        "kappa": reference.cohen_kappa_score(labels, calls, **weigh),
        "log_loss": reference.log_loss(labels, said, labels=classes, **weigh),
        "brier": expected / weights.sum(),
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
    said = softmax(np.round(logits, decimals), axis=1)
    metrics = ClassMetrics.of(ClassCases.of(labels, said, np.arange(len(labels))))
    weights = np.stack([np.ones(len(labels)), rng.integers(1, 4, len(labels))]).astype(float)
    found = metrics(weights)
    assert tuple(found) == CLASS_METRICS
    for row, each in enumerate(weights):
        for name, value in by_scikit_learn(labels, said, each).items():
            assert found[name][row] == pytest.approx(value, abs=1e-12), name


def test_the_macro_auc_is_scikit_learns_of_several_classes(make_cases):
    cases = make_cases()
    found = ClassMetrics.of(cases)(np.ones((1, cases.n)))["auc"][0]
    expected = reference.roc_auc_score(cases.labels, cases.probabilities, multi_class="ovr")
    assert found == pytest.approx(expected)


def test_known_answers():
    # actual by called: [[2, 0, 0], [1, 1, 0], [0, 1, 1]]
    labels, calls = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 0, 1, 1, 2])
    cases = ClassCases.of(labels, np.eye(3)[calls], np.arange(6))
    found = {name: value[0] for name, value in ClassMetrics.of(cases)(np.ones((1, 6))).items()}
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["balanced_accuracy"] == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert found["macro_f1"] == pytest.approx((4 / 5 + 2 / 4 + 2 / 3) / 3)
    # agreement 4/6; by chance (3*2 + 2*2 + 1*2) / 36 = 1/3
    assert found["kappa"] == pytest.approx((4 / 6 - 1 / 3) / (1 - 1 / 3))
    assert found["brier"] == pytest.approx(2 * 2 / 6)
    assert found["auc"] == pytest.approx((7 / 8 + 5 / 8 + 6 / 8) / 3)


def test_a_set_without_a_class_leaves_the_means_over_classes_undefined(make_cases):
    cases = make_cases()
    metrics = ClassMetrics.of(cases)
    found = metrics((cases.labels != 2).astype(float)[np.newaxis])
    for name in ("auc", "balanced_accuracy", "macro_f1"):
        assert np.isnan(found[name]).all()
    for name in ("accuracy", "kappa", "log_loss", "brier"):
        assert np.isfinite(found[name]).all()


def test_cases_of_one_class_called_so_have_no_kappa():
    cases = ClassCases.of([0, 0], [[1, 0, 0], [1, 0, 0]], ["a", "b"])
    assert np.isnan(ClassMetrics.of(cases)(np.ones((1, 2)))["kappa"]).all()
