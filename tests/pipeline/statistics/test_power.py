"""How sure a difference is, and the patients that would settle it."""

import numpy as np
import pytest
from scipy.stats import norm, t

from pipeline.artifacts.results import Difference
from pipeline.statistics.auc import auc_difference
from pipeline.statistics.clustered_variance import Spread
from pipeline.statistics.crossed import Part
from pipeline.statistics.power import detectable, patients_needed, power_of, with_power
from pipeline.statistics.scored_cases import BinaryCases

MANY = Spread(0.03**2, 1e9, 10**6)  # a normal quantile


def drawn(n_patients, seed=0, skill=(1.2, 0.8)):
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(n_patients) % 2, 2)
    groups = np.arange(2 * n_patients) // 2
    common = generator.normal(size=labels.size)
    scores = [each * labels + common + generator.normal(size=labels.size) for each in skill]
    return labels, [1 / (1 + np.exp(-each)) for each in scores], groups


def compared(n_patients, seed=0):
    labels, scores, groups = drawn(n_patients, seed)
    first, second = (BinaryCases.of(labels, each, groups) for each in scores)
    return auc_difference([first], [second], 0.95)


def test_the_detectable_difference_is_the_textbooks_with_many_patients():
    expected = (norm.ppf(0.975) + norm.ppf(0.8)) * 0.03
    assert detectable(MANY, 0.95) == pytest.approx(expected, rel=1e-6)
    assert power_of(expected, MANY, 0.95) == pytest.approx(0.8, abs=1e-4)


def test_few_patients_have_students_quantiles():
    few = Spread(0.03**2, 10, 9)
    assert detectable(few, 0.95) == pytest.approx((t.ppf(0.975, 10) + t.ppf(0.8, 10)) * 0.03)


def test_so_many_patients_show_the_difference_and_one_fewer_do_not():
    scatter = Spread(0.05**2, 60, 30)
    found = patients_needed(0.06, scatter, 100, 0.95)
    known = 100 * ((norm.ppf(0.975) + norm.ppf(0.8)) * 0.05 / 0.06) ** 2
    assert known < found < 1.03 * known
    for n, shown in ((found, True), (found - 1, False)):
        like = Spread(scatter.variance * 100 / n, 60 * n / 100, int(30 * n / 100))
        assert (detectable(like, 0.95) <= 0.06) == shown
    assert patients_needed(detectable(scatter, 0.95), scatter, 100, 0.95) in (100, 101)


def test_seeds_stay_however_many_patients_there_are():
    scatter, seeds = Spread(0.05**2, 60, 30), Part(0.01**2, 8)
    alone = patients_needed(0.1, scatter, 100, 0.95)
    assert patients_needed(0.1, scatter, 100, 0.95, seeds) > alone
    assert patients_needed(0.02, scatter, 100, 0.95, seeds) is None
    assert patients_needed(0.0, scatter, 100, 0.95) is None


def test_what_was_not_tested_has_no_power():
    nothing = Difference(value=0.1, low=None, high=None, because="too few patients", p=None)
    assert with_power(nothing, None, 4, 0.95, Part(0.0, np.inf)) == nothing


def test_a_comparison_states_how_sure_it_is():
    found = compared(60)
    assert found.patients == 60
    assert found.order_false == pytest.approx(found.p / 2)
    standard_error = (found.high - found.value) / t.ppf(0.975, 1000)
    assert found.detectable == pytest.approx(2.8 * standard_error, rel=0.05)
    assert (found.patients_needed > 60) == (found.detectable > abs(found.value))


def test_four_times_the_patients_halve_what_can_be_seen():
    small, large = (
        np.mean([compared(n, seed).detectable for seed in range(20)]) for n in (60, 240)
    )
    assert large == pytest.approx(small / 2, rel=0.1)


def test_an_order_that_is_a_toss_up_is_false_half_the_time():
    labels, scores, groups = drawn(200, skill=(1, 1))
    first, second = (BinaryCases.of(labels, each, groups) for each in scores)
    found = auc_difference([first], [second], 0.95)
    turned = auc_difference([second], [first], 0.95)
    assert 0 < found.order_false < 0.5
    assert turned.order_false == pytest.approx(found.order_false)
