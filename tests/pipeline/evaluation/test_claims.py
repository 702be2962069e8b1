import pytest

from pipeline.artifacts.results import Difference
from pipeline.evaluation.claims import adjusted, better, not_worse
from pipeline.statistics.clustered_variance import Spread
from pipeline.statistics.paired_test import paired_test


def difference(p, first=0.5, second=0.5):
    return Difference(value=0.1, low=0, high=1, p=p, p_first_worse=first, p_second_worse=second)


def test_the_primary_pair_is_not_adjusted_and_the_others_are_one_family():
    pairs = [difference(0.04, 0.02), difference(0.01, 0.001), difference(0.03, 0.01)]
    first, second, third = adjusted(pairs, [True, False, False])
    assert (first.p_holm, first.p_first_worse, first.p_second_worse) == (0.04, 0.02, 0.5)
    assert (second.p_holm, third.p_holm) == pytest.approx((0.02, 0.03))
    assert (second.p_first_worse, third.p_first_worse) == pytest.approx((0.004, 0.03))
    assert second.p_second_worse == third.p_second_worse == 1


def test_without_a_primary_pair_all_are_one_family():
    found = adjusted([difference(0.04), difference(0.01)], [False, False])
    assert [each.p_holm for each in found] == pytest.approx([0.04, 0.02])


def test_what_was_not_tested_is_left_out():
    nothing = Difference(value=0.1, low=None, high=None, p=None)
    found, other = adjusted([nothing, difference(0.04, 0.02)], [False, False])
    assert (found.p_holm, found.p_first_worse) == (None, None)
    assert (other.p_holm, other.p_first_worse) == (0.04, 0.04)
    assert better(("a", "b"), found, 0.95) is None
    assert not not_worse(found.p_first_worse, 0.95)


def test_a_claim_needs_its_adjusted_p_value():
    assert better(("a", "b"), difference(0.04).model_copy(update={"p_holm": 0.04}), 0.95) == "a"
    assert better(("a", "b"), difference(0.04).model_copy(update={"p_holm": 0.06}), 0.95) is None
    assert not_worse(0.02, 0.95)
    assert not not_worse(0.03, 0.95)


@pytest.mark.parametrize(("value", "claimed"), [(0.0, False), (0.061, True), (-0.02, False)])
def test_alone_a_pair_is_not_worse_where_its_interval_leaves_the_margin_out(value, claimed):
    found = paired_test(value, Spread(0.04**2, 100, 50), 0.95, margin=0.02)
    assert (found.low > -0.02) == claimed
    assert not_worse(found.p_first_worse, 0.95) == claimed
    assert found.p_first_worse + found.p_second_worse > 0.5
    turned = paired_test(-value, Spread(0.04**2, 100, 50), 0.95, margin=0.02)
    assert turned.p_second_worse == pytest.approx(found.p_first_worse)
