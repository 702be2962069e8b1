import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from heads.base import by_class
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases, Weighted
from pipeline.evaluation.metrics import decision_metrics
from pipeline.evaluation.metrics.operating import predictive_values
from pipeline.evaluation.rule import DecisionRule
from pipeline.statistics.scored_cases import ScoredCases

TASK = Task.of(["no", "yes"])

SCORES = st.one_of(st.sampled_from([0.0, 0.1, 0.5, 0.7, 1.0]), st.floats(0, 1))
CASES = st.lists(st.tuples(st.integers(0, 1), SCORES, st.integers(1, 3)), max_size=40).map(
    lambda cases: [*cases, (0, 0.25, 1), (1, 0.75, 1)]
)


def operating(labels, scores, weights, points=(0.9,), prevalences=(0.1,)):
    cases = ScoredCases.of(labels, by_class(np.asarray(scores)), np.arange(len(labels)))
    weighted = Weighted(ClassifiedCases.of(TASK, cases, DecisionRule(0.5)), weights)
    metrics = decision_metrics(TASK, points, prevalences)
    return {metric.name: metric.values(weighted) for metric in metrics}


@given(cases=CASES, point=st.sampled_from([0.5, 0.8, 0.9]))
@settings(max_examples=100, deadline=None)
def test_figures_equal_scikit_learns(cases, point):
    y, p, w = (np.array(column) for column in zip(*cases, strict=True))
    found = operating(y, p, w[np.newaxis].astype(float), points=[point])
    called = p >= 0.5
    assert found["mcc"][0] == pytest.approx(
        reference.matthews_corrcoef(y, called, sample_weight=w), abs=1e-12
    )
    assert found["balanced_accuracy"][0] == pytest.approx(
        reference.balanced_accuracy_score(y, called, sample_weight=w), abs=1e-12
    )
    fpr, tpr, _ = reference.roc_curve(y, p, sample_weight=w, drop_intermediate=False)
    assert found[f"sensitivity_at_specificity_{point}"][0] == pytest.approx(
        tpr[fpr <= 1 - point + 1e-9].max()
    )
    assert found[f"specificity_at_sensitivity_{point}"][0] == pytest.approx(
        1 - fpr[tpr >= point - 1e-9].min()
    )


def test_predictive_values_of_a_textbook_example():
    # sensitivity 0.9, specificity 0.95, one in a hundred ill: 9 of 58.5 positive calls are right
    ppv, npv = predictive_values(np.array([0.9]), np.array([0.95]), 0.01)
    assert ppv[0] == pytest.approx(9 / 58.5)
    assert npv[0] == pytest.approx(940.5 / 941.5)


def test_at_the_cohorts_own_prevalence_predictive_values_are_shares_of_the_calls():
    y = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    p = np.array([0.9, 0.8, 0.2, 0.7, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    found = operating(y, p, np.ones((1, 10)), prevalences=[0.3])
    assert found["ppv_at_prevalence_0.3"][0] == pytest.approx(2 / 3)
    assert found["npv_at_prevalence_0.3"][0] == pytest.approx(6 / 7)


def test_what_is_not_defined_is_nan_without_a_warning():
    found = operating([0, 0], [0.2, 0.3], np.ones((1, 2)))
    assert all(np.isnan(value[0]) for value in found.values())
    same_calls = operating([0, 1], [0.2, 0.3], np.ones((1, 2)))
    assert same_calls["mcc"][0] == 0
    assert np.isnan(same_calls["ppv_at_prevalence_0.1"][0])
