import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from pipeline.statistics.scored_cases import BinaryCases
from pipeline.statistics.stratified import auc_within


def test_of_one_stratum_it_is_the_auc_and_the_test_of_ranks():
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2
    scores = rng.random(200) / 2 + 0.05 * labels
    found = auc_within(BinaryCases.of(labels, scores, np.arange(200)), np.zeros(200, int), 0.95)
    ranks = mannwhitneyu(scores[labels == 1], scores[labels == 0])
    assert found.value == pytest.approx(ranks.statistic / 10_000)
    assert found.p == pytest.approx(ranks.pvalue, rel=0.2)
    assert found.low < found.value < found.high


def test_what_strata_differ_in_does_not_count():
    rng = np.random.default_rng(1)
    strata = np.repeat([0, 1], 150)
    labels = (rng.random(300) < np.where(strata == 1, 0.8, 0.2)).astype(int)
    scores = (rng.random(300) + strata) / 2  # tell the stratum, and nothing else
    cases = BinaryCases.of(labels, scores, np.arange(300))
    assert auc_within(cases, np.zeros(300, int), 0.95).p < 1e-6
    within = auc_within(cases, strata, 0.95)
    assert within.p > 0.05
    pairs = {True: 0, False: 0}
    for one in np.flatnonzero(labels == 1):
        for other in np.flatnonzero((labels == 0) & (strata == strata[one])):
            pairs[bool(scores[one] > scores[other])] += 1
    assert within.value == pytest.approx(pairs[True] / (pairs[True] + pairs[False]))


def test_perfect_scores_have_a_p_value_and_no_interval():
    labels = np.repeat([0, 1], 20)
    found = auc_within(BinaryCases.of(labels, labels * 0.5, np.arange(40)), labels * 0, 0.95)
    assert (found.value, found.low) == (1, None)
    assert found.p < 1e-6
    few = BinaryCases.of([0, 0, 1, 1], [0, 0, 1, 1], np.arange(4))
    assert auc_within(few, np.zeros(4, int), 0.95).p > 0.05


def test_a_stratum_without_both_values_is_left_out():
    labels = np.array([0, 1] * 10 + [1] * 10)
    strata = np.repeat([0, 1], [20, 10])
    cases = BinaryCases.of(labels, np.linspace(0, 1, 30), np.arange(30))
    first = BinaryCases.of(labels[:20], np.linspace(0, 1, 30)[:20], np.arange(20))
    assert auc_within(cases, strata, 0.95).value == auc_within(first, strata[:20], 0.95).value
    assert auc_within(cases, labels, 0.95).value is None


def test_images_of_one_patient_count_together():
    rng = np.random.default_rng(2)
    labels, scores = rng.integers(0, 2, 60), rng.random(60)
    alone = auc_within(BinaryCases.of(labels, scores, np.arange(60)), np.zeros(60, int), 0.95)
    again = BinaryCases.of(np.tile(labels, 4), np.tile(scores, 4), np.tile(np.arange(60), 4))
    four = auc_within(again, np.zeros(240, int), 0.95)
    assert four.value == pytest.approx(alone.value)
    assert four.p == pytest.approx(alone.p, rel=1e-6)


def test_scores_of_a_cross_validation_are_tested_more_cautiously():
    rng = np.random.default_rng(4)
    labels = np.arange(80) % 2
    cases = BinaryCases.of(labels, rng.random(80) / 2 + labels / 8, np.arange(80))
    plain = auc_within(cases, np.zeros(80, int), 0.95)
    five = auc_within(cases, np.zeros(80, int), 0.95, folds=5)
    assert five.value == plain.value
    assert five.high - five.low == pytest.approx(1.5 * (plain.high - plain.low))
    assert five.p > plain.p
