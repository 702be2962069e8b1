import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from heads.base import by_class
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases, Weighted
from pipeline.evaluation.metrics import main_metrics
from pipeline.evaluation.rule import DecisionRule
from pipeline.statistics.scored_cases import ScoredCases

TASK = Task.of(["no", "yes"])
METRICS = [metric.name for metric in main_metrics(TASK)]

# few distinct scores make many ties; arbitrary ones make none
SCORES = st.one_of(st.sampled_from([0.0, 0.1, 0.5, 0.7, 1.0]), st.floats(0, 1))
CASES = st.lists(st.tuples(st.integers(0, 1), SCORES, st.integers(0, 4)), min_size=2, max_size=60)


def measured(labels, scores, weights, threshold):
    both = by_class(np.asarray(scores, dtype=float))
    cases = ScoredCases.of(np.asarray(labels, dtype=int), both, np.arange(len(labels)))
    classified = ClassifiedCases.of(TASK, cases, DecisionRule(threshold))
    weighted = Weighted(classified, np.atleast_2d(np.asarray(weights, dtype=float)))
    return {metric.name: metric.values(weighted) for metric in main_metrics(TASK)}


def expected(y, p, w, threshold):
    """Return scikit-learn's figures; None where they are not defined."""
    called = (p >= threshold).astype(int)
    positive, negative = w[y == 1].sum() > 0, w[y == 0].sum() > 0
    found = {"accuracy": reference.accuracy_score(y, called, sample_weight=w)}
    found["brier"] = reference.brier_score_loss(y, p, sample_weight=w)
    if positive:
        found["sensitivity"] = reference.recall_score(y, called, sample_weight=w, zero_division=0)
        found["f1"] = reference.f1_score(y, called, sample_weight=w, zero_division=0)
        found["average_precision"] = reference.average_precision_score(y, p, sample_weight=w)
    if negative:
        found["specificity"] = reference.recall_score(
            y, called, pos_label=0, sample_weight=w, zero_division=0
        )
    if positive and negative:
        found["auc"] = reference.roc_auc_score(y, p, sample_weight=w)
    return found


def drop_weightless(labels, scores, weights):
    """Leave out cases of weight 0, with which scikit-learn cannot tell that a class is absent."""
    kept = weights > 0
    return labels[kept], scores[kept], weights[kept]


@given(cases=CASES, threshold=st.sampled_from([0.0, 0.1, 0.5, 0.6, 1.0]))
@settings(max_examples=150, deadline=None)
def test_every_metric_equals_scikit_learns_with_ties_and_weights(cases, threshold):
    y, p, w = (np.array(column) for column in zip(*cases, strict=True))
    if w.sum() == 0:
        w = np.ones_like(w)
    found = measured(y, p, w, threshold)
    y, p, w = drop_weightless(y, p, w)
    with warnings.catch_warnings():  # scikit-learn's curve warns of single-class input
        warnings.simplefilter("ignore")
        wanted = expected(y, p, w.astype(float), threshold)
    for name in METRICS:
        if name in wanted:
            assert found[name][0] == pytest.approx(wanted[name], abs=1e-12), name
        else:
            assert np.isnan(found[name][0]), name


def test_fractional_weights_equal_scikit_learns():
    generator = np.random.default_rng(3)
    y, p = generator.integers(0, 2, 300), generator.integers(0, 20, 300) / 20
    w = generator.exponential(size=300)
    found = measured(y, p, w, 0.5)
    for name, value in expected(y, p, w, 0.5).items():
        assert found[name][0] == pytest.approx(value, abs=1e-12), name


def test_rows_of_weights_are_measured_apart():
    generator = np.random.default_rng(4)
    y, p = generator.integers(0, 2, 50), generator.random(50)
    weights = generator.integers(0, 3, (7, 50)).astype(float)
    together = measured(y, p, weights, 0.4)
    for row, w in enumerate(weights):
        alone = measured(y, p, w, 0.4)
        for name in METRICS:
            np.testing.assert_allclose(together[name][row], alone[name][0], rtol=1e-14)


def test_a_small_example_by_hand():
    # one of the four pairs of a positive and a negative is out of order, one is a tie
    found = measured([1, 0, 1, 0], [0.9, 0.6, 0.6, 0.2], np.ones(4), 0.5)
    assert {name: value[0] for name, value in found.items()} == pytest.approx(
        {
            "accuracy": 3 / 4,
            "auc": 3.5 / 4,
            "f1": 4 / 5,
            "sensitivity": 1.0,
            "specificity": 0.5,
            "average_precision": 0.5 * 1 + 0.5 * 2 / 3,
            "brier": (0.1**2 + 0.6**2 + 0.4**2 + 0.2**2) / 4,
        },
        abs=1e-15,
    )


def test_a_probability_equal_to_the_threshold_is_positive():
    assert measured([1], [0.5], [1.0], 0.5)["sensitivity"][0] == 1


def test_what_is_not_defined_is_nan_without_a_warning():
    found = measured([0, 0], [0.2, 0.3], np.ones(2), 0.5)
    undefined = {name for name, value in found.items() if np.isnan(value[0])}
    assert undefined == {"auc", "f1", "sensitivity", "average_precision"}
    assert all(np.isnan(value[0]) for value in measured([], [], np.ones((1, 0)), 0.5).values())
