import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.statistics.clustered_variance import spread_over

CASES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(-4, 4), st.integers(0, 5)), min_size=6, max_size=40
)


def strata_of(labels, n=3):
    return [labels == label for label in range(n)]


@given(table=CASES)
@settings(max_examples=100, deadline=None)
def test_the_variance_is_that_of_its_definition(table):
    labels, influence, patients = (np.array(column) for column in zip(*table, strict=True))
    found = spread_over(influence.astype(float), strata_of(labels), patients, 6)
    members = [set(patients[own]) for own in strata_of(labels)]
    if min(map(len, members)) < 2:
        assert found is None
        return
    expected = 0.0
    for s in range(3):
        for r in range(3):
            factor = len(members[s]) / (len(members[s]) - 1) if s == r else 6 / 5
            for k in range(6):
                one, other = (influence[(labels == x) & (patients == k)].sum() for x in (s, r))
                expected += factor * one * other
    assert found.variance == pytest.approx(max(expected, 0))
    assert found.fewest == min(map(len, members))


def test_the_variance_of_a_mean_is_the_usual_one_with_its_degrees_of_freedom():
    values = np.random.default_rng(0).normal(size=30)
    influence = (values - values.mean()) / 30
    found = spread_over(influence, [np.ones(30, dtype=bool)], np.arange(30), 30)
    assert found.variance == pytest.approx(values.var(ddof=1) / 30)
    assert found.satterthwaite == pytest.approx(29)


def test_without_scatter_the_degrees_of_freedom_are_infinite():
    found = spread_over(np.zeros(4), strata_of(np.array([0, 0, 1, 1]), 2), np.arange(4), 4)
    assert (found.variance, found.satterthwaite) == (0, np.inf)
