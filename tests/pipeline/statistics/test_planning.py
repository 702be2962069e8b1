"""The variance of a difference of AUCs from what is assumed."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from benchmarks.power import draw
from pipeline.statistics.delong import influences, spread
from pipeline.statistics.planning import Assumed, both_below, detectable_by, patients_to_plan

ONE = Assumed(auc=0.8, difference=0.05, correlation=0.5, prevalence=0.3)


@pytest.mark.parametrize(
    ("first", "second", "r"), [(0.8, 0.7, 0.4), (0.95, 0.5, 0.0), (0.6, 0.9, 0.99)]
)
def test_two_normal_values_lie_below_their_quantiles(first, second, r):
    known = multivariate_normal.cdf(norm.ppf([first, second]), cov=[[1, r], [r, 1]])
    assert both_below(first, second, r) == pytest.approx(known, abs=1e-6)


@pytest.mark.parametrize("assumed", [ONE, replace(ONE, images=3, within=0.7, correlation=0.8)])
def test_the_variance_is_that_of_cohorts_drawn_likewise(assumed):
    generator = np.random.default_rng(0)
    values, estimated = [], []
    for _ in range(1500):
        pair = draw(generator, 100, assumed)
        (better, pull), (worse, other) = map(influences, pair)
        values.append(better - worse)
        estimated.append(spread(pull - other, pair[0]))
    known = assumed.scatter(100)
    assert np.mean(values) == pytest.approx(0.05, abs=0.005)
    assert known.variance == pytest.approx(np.var(values), rel=0.1)
    assert known.variance == pytest.approx(np.mean([x.variance for x in estimated]), rel=0.1)
    satterthwaite = np.median([x.satterthwaite for x in estimated])
    assert known.satterthwaite == pytest.approx(satterthwaite, rel=0.25)
    assert known.fewest == estimated[0].fewest == 30


def test_the_planned_number_reaches_the_power_and_one_fewer_does_not():
    needed = patients_to_plan(ONE)
    assert ONE.power(needed, 0.95) >= 0.8 > ONE.power(needed - 1, 0.95)
    assert detectable_by(ONE, needed) == pytest.approx(0.05, abs=1e-3)


def test_what_makes_it_easier_takes_fewer_patients():
    needed = patients_to_plan(ONE)
    for easier in (
        {"difference": 0.1},
        {"correlation": 0.8},
        {"prevalence": 0.5},
        {"images": 3},
        {"auc": 0.9},
    ):
        assert patients_to_plan(replace(ONE, **easier)) < needed
    alike, unlike = (patients_to_plan(replace(ONE, images=3, within=w)) for w in (0.9, 0.1))
    assert unlike < alike < needed


def test_what_no_number_of_patients_shows_has_none():
    assert patients_to_plan(replace(ONE, difference=1e-6)) is None
    assert detectable_by(ONE, 5) is None
    assert detectable_by(replace(ONE, auc=0.99, difference=0.005), 30) is None
    assert ONE.scatter(4) is None
