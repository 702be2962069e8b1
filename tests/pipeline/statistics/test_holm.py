import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.statistics.holm import holm


def test_holm_of_a_worked_example():
    # four hypotheses at 0.01, 0.04, 0.03, 0.005: 3 * 0.01, 2 * 0.03 twice, 4 * 0.005
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_tests_that_could_not_be_made_are_left_out():
    assert holm([None, 0.02, None]) == [None, 0.02, None]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_adjusted_values_keep_the_order_and_are_between_p_and_bonferroni(p_values):
    found = holm(p_values)
    for p, adjusted in zip(p_values, found, strict=True):
        assert p <= adjusted <= min(len(p_values) * p, 1) + 1e-15
    in_order = [adjusted for _, adjusted in sorted(zip(p_values, found, strict=True))]
    assert in_order == sorted(in_order)
