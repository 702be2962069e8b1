import math

import pytest
from scipy.stats import t

from pipeline.statistics.clustered_variance import Spread
from pipeline.statistics.paired_test import paired_test


@pytest.mark.parametrize(("fewest", "freedom"), [(14, 10), (15, 20)])
def test_the_degrees_of_freedom_are_doubled_from_15_patients_of_a_class(fewest, freedom):
    found = paired_test(0.1, Spread(0.04**2, 10, fewest), 0.9)
    assert found.p == pytest.approx(2 * t.sf(2.5, freedom))
    assert found.high - 0.1 == pytest.approx(0.04 * t.ppf(0.95, freedom))
    assert found.low + found.high == pytest.approx(0.2)


def test_the_interval_excludes_zero_where_the_test_rejects():
    limit = 0.04 * t.ppf(0.975, 20)
    for difference, rejected in ((1.01 * limit, True), (0.99 * limit, False)):
        found = paired_test(difference, Spread(0.04**2, 10, 30), 0.95)
        assert (found.p < 0.05, found.low > 0) == (rejected, rejected)


@pytest.mark.parametrize(
    ("difference", "scatter", "because"),
    [
        (0.0, Spread(0.0, math.inf, 9), "no variance between patients"),
        (0.2, Spread(0.0, math.inf, 9), "no variance between patients"),
        (0.2, None, "too few patients"),
    ],
)
def test_without_scatter_nothing_is_tested(difference, scatter, because):
    found = paired_test(difference, scatter, 0.95)
    assert (found.value, found.because) == (difference, because)
    assert (found.low, found.high, found.p) == (None, None, None)


def test_no_difference_is_beyond_what_is_possible():
    found = paired_test(-0.4, Spread(0.5**2, 1, 3), 0.95)
    assert (found.low, found.high) == (-1, 1)
