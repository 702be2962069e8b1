import numpy as np
import pytest
from scipy.stats import norm

from pipeline.evaluation.auc_difference import auc_difference, bootstrap_difference
from pipeline.evaluation.scored_cases import BinaryCases


def scored(labels, logits, groups=None):
    groups = np.arange(len(labels)) if groups is None else groups
    return BinaryCases.of(labels, 1 / (1 + np.exp(-logits)), groups)


@pytest.fixture
def drawn():
    generator = np.random.default_rng(0)
    labels = np.arange(2000) % 2
    return labels, generator.normal(labels), generator.normal(1.3 * labels)


def test_many_patients_give_delongs_test_by_its_definition(drawn):
    labels, first, second = drawn
    placements = []
    for scores in (first, second):
        better = (scores[labels == 1][:, None] > scores[labels == 0]).astype(float)
        placements.append((better.mean(1), better.mean(0)))
    (x, y), (u, v) = placements
    variance = np.var(x - u, ddof=1) / x.size + np.var(y - v, ddof=1) / y.size
    z = (x.mean() - u.mean()) / variance**0.5
    found = auc_difference(scored(labels, first), scored(labels, second), 0.95)
    assert found.value == pytest.approx(x.mean() - u.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * variance**0.5, rel=2e-3)
    assert found.p == pytest.approx(2 * norm.sf(abs(z)), rel=0.05)


def test_a_model_does_not_differ_from_itself_or_from_another_that_ranks_alike(drawn):
    labels, logits, _ = drawn
    for other in (logits, 2 * logits - 1):
        found = auc_difference(scored(labels, logits), scored(labels, other), 0.95)
        assert (found.value, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_the_sign_changes_with_the_order(drawn):
    labels, first, second = drawn
    forth = auc_difference(scored(labels, first), scored(labels, second), 0.95)
    back = auc_difference(scored(labels, second), scored(labels, first), 0.95)
    assert (forth.value, forth.low, forth.p) == pytest.approx((-back.value, -back.high, back.p))


def test_images_of_one_patient_weaken_the_evidence(drawn):
    labels, first, second = (np.repeat(each[:80], 4) for each in drawn)
    by_patient = auc_difference(
        *(scored(labels, each, np.arange(320) // 4) for each in (first, second)), 0.95
    )
    by_image = auc_difference(scored(labels, first), scored(labels, second), 0.95)
    assert by_patient.value == by_image.value
    assert by_patient.high - by_patient.low > 1.9 * (by_image.high - by_image.low)
    assert by_patient.p > by_image.p


def test_without_two_patients_of_each_class_nothing_is_tested():
    found = auc_difference(*[scored([0, 0, 1], np.array([0.0, 1.0, 2.0]))] * 2, 0.95)
    assert (found.value, found.p) == (0, None)
    nothing = auc_difference(*[scored([0, 0], np.array([0.0, 1.0]))] * 2, 0.95)
    assert (nothing.value, nothing.low, nothing.p) == (None, None, None)


def test_the_p_value_and_the_interval_of_the_bootstrap_agree():
    draws = np.random.default_rng(0).normal(1.0, 0.5, 2000)
    found = bootstrap_difference(1.0, draws, 0.95)
    assert found.p == pytest.approx(2 * (1 + (draws <= 0).sum()) / 2001)
    assert (found.low > 0) == (found.p < 0.05)
    assert bootstrap_difference(-1.0, -draws, 0.95).p == pytest.approx(found.p)


def test_a_bootstrap_difference_that_is_not_defined_has_no_interval_and_no_p():
    assert bootstrap_difference(np.nan, np.full(10, np.nan), 0.95).value is None
    half = np.where(np.arange(10) < 5, np.nan, 0.1)
    found = bootstrap_difference(0.1, half, 0.95)
    assert (found.value, found.low, found.p) == (0.1, None, None)
