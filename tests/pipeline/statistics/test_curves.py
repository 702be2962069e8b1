import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from pipeline.statistics.curves import calibration, mean_roc, precision_recall, roc
from pipeline.statistics.scored_cases import BinaryCases, ScoredCases

SCORES = st.one_of(st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.floats(0, 1))
BOTH_CLASSES = st.lists(st.tuples(st.integers(0, 1), SCORES), min_size=1, max_size=50).map(
    lambda cases: [*cases, (0, 0.25), (1, 0.75)]
)


def scored(labels, probabilities):
    return BinaryCases.of(labels, probabilities, np.arange(len(labels)))


@given(cases=BOTH_CLASSES)
@settings(max_examples=100, deadline=None)
def test_curves_are_scikit_learns(cases):
    labels, probabilities = zip(*cases, strict=True)
    found = roc(scored(labels, probabilities))
    fpr, tpr, _ = reference.roc_curve(labels, probabilities, drop_intermediate=False)
    points = set(zip(found["fpr"], found["tpr"], strict=True))
    assert points <= set(zip(fpr, tpr, strict=True))
    assert points >= {(0, 0), (1, 1)}
    area = reference.auc(found["fpr"], found["tpr"])
    assert area == pytest.approx(reference.roc_auc_score(labels, probabilities))
    found = precision_recall(scored(labels, probabilities))
    precision, recall, _ = reference.precision_recall_curve(labels, probabilities)
    np.testing.assert_allclose(found["precision"], precision[-2::-1])
    np.testing.assert_allclose(found["recall"], recall[-2::-1])


def test_calibration_counts_every_case_once_in_bins_of_equal_size():
    probabilities = np.arange(100) / 100
    labels = (np.arange(100) % 10 < np.arange(100) // 10).astype(int)
    found = calibration(scored(labels, probabilities), confidence=0.95)
    assert found["n"].tolist() == [10] * 10
    np.testing.assert_allclose(found["observed"], np.arange(10) / 10)
    np.testing.assert_allclose(found["predicted"], np.arange(10) / 10 + 0.045)
    assert (found["low"] <= found["observed"]).all()
    assert (found["observed"] <= found["high"]).all()


def test_tied_probabilities_share_a_bin():
    found = calibration(scored([0, 1] * 20, [0.3] * 30 + [0.8] * 10), confidence=0.95)
    assert found["predicted"].tolist() == pytest.approx([0.3, 0.8])
    assert found["n"].tolist() == [30, 10]


def three_classes(seed=0, levels=100):
    """Return labels of 33 cases and their scores of three classes."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([[0, 1, 2], rng.integers(0, 3, 30)])
    scores = rng.integers(1, levels + 1, (33, 3)) + 0.5 * np.eye(3)[labels]
    return labels, scores / scores.sum(axis=1, keepdims=True)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), levels=st.sampled_from([3, 100]))
def test_the_area_of_the_mean_curve_is_the_macro_auc(seed, levels):
    labels, scores = three_classes(seed, levels)
    cases = ScoredCases.of(labels, scores, np.arange(33))
    curve = mean_roc([cases.one_vs_rest(label) for label in range(3)])
    assert (np.diff(curve["fpr"]) >= 0).all()
    assert (np.diff(curve["tpr"]) >= -1e-12).all()
    assert curve.iloc[0]["fpr"] == 0
    assert curve.iloc[-1].tolist() == [1, 1]
    area = reference.auc(curve["fpr"], curve["tpr"])
    assert area == pytest.approx(reference.roc_auc_score(labels, scores, multi_class="ovr"))


def test_the_mean_of_one_curve_is_that_curve_and_without_a_class_there_is_none():
    labels, scores = three_classes()
    one = ScoredCases.of(labels, scores, np.arange(33)).one_vs_rest(0)
    assert mean_roc([one]).equals(roc(one))
    present = labels != 1
    part = ScoredCases.of(labels[present], scores[present], np.arange(present.sum()))
    assert mean_roc([part.one_vs_rest(label) for label in range(3)]).empty


def test_curves_that_are_not_defined_are_empty():
    negative = scored([0, 0], [0.2, 0.3])
    assert roc(negative).columns.tolist() == ["fpr", "tpr"]
    assert roc(negative).empty
    assert roc(scored([1], [0.2])).empty
    assert precision_recall(negative).columns.tolist() == ["recall", "precision"]
    assert precision_recall(negative).empty
    assert calibration(scored([], []), confidence=0.95).empty
    assert calibration(negative, confidence=0.95)["n"].sum() == 2
