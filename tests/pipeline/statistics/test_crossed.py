import math

import pytest
from scipy.stats import norm, t

from pipeline.statistics.crossed import (
    Part,
    half_width,
    joined,
    p_value,
    with_interval,
    with_share,
)

PATIENTS, SEEDS = Part(0.04**2, math.inf), Part(0.03**2, 2)


def test_the_reaches_of_both_parts_are_squared_and_added():
    expected = math.hypot(0.04 * norm.ppf(0.975), 0.03 * t.ppf(0.975, 2))
    assert half_width([PATIENTS, SEEDS], 0.95) == pytest.approx(expected)
    assert half_width([PATIENTS], 0.95) == pytest.approx(0.04 * norm.ppf(0.975))


@pytest.mark.parametrize("parts", [[PATIENTS], [SEEDS], [PATIENTS, SEEDS]])
def test_the_p_value_is_the_level_of_the_interval_that_just_reaches(parts):
    for confidence in (0.5, 0.9, 0.999):
        reach = half_width(parts, confidence)
        assert p_value(reach, parts) == pytest.approx(1 - confidence)
        assert p_value(-reach, parts) == pytest.approx(1 - confidence)


def test_no_distance_has_a_p_value_of_1_and_an_endless_one_of_almost_0():
    assert p_value(0.0, [PATIENTS, SEEDS]) == 1
    assert p_value(1e-200, [PATIENTS, SEEDS]) == 1
    assert p_value(1e-30, [PATIENTS, SEEDS]) == pytest.approx(1)
    assert 0 < p_value(0.1, [PATIENTS, Part(0.03**2, 2.3)]) < 1
    assert p_value(1e6, [PATIENTS, Part(0.03**2, 1e9)]) == pytest.approx(0, abs=1e-12)


def test_parts_of_two_models_are_joined_as_welch_did():
    assert joined([SEEDS, SEEDS]).variance == pytest.approx(2 * SEEDS.variance)
    assert joined([SEEDS, SEEDS]).freedom == pytest.approx(4)
    assert joined([SEEDS, Part(0.0, math.inf)]) == SEEDS
    assert joined([Part(0.0, 2), Part(0.0, math.inf)]) == Part(0.0, 2)


def test_seeds_widen_either_side_of_an_interval_by_itself():
    found = with_interval(0.9, (0.8, 0.95), confidence=0.95, seeds=SEEDS, bounds=(0, 1))
    reach = half_width([SEEDS], 0.95)
    assert found.low == pytest.approx(0.9 - math.hypot(0.1, reach))
    assert found.high == 1
    alone = with_interval(0.9, (0.8, 0.95), confidence=0.95)
    assert (alone.low, alone.high) == (0.8, 0.95)


@pytest.mark.parametrize(
    ("value", "ends", "because"),
    [
        (1.0, (1.0, 1.0), "at its bound on these cases"),
        (0.5, (0.5, 0.5), "no variance between patients"),
        (0.5, (None, None), "too few patients"),
        (None, (0.4, 0.6), None),
    ],
)
def test_no_interval_rather_than_one_without_a_width(value, ends, because):
    found = with_interval(value, ends, confidence=0.95, seeds=SEEDS, bounds=(0, 1))
    assert (found.value, found.low, found.high, found.because) == (value, None, None, because)
    assert with_share(found, SEEDS, 0.1) is found


def test_the_share_of_the_seeds_is_stated_of_several_trainings_only():
    found = with_interval(0.5, (0.4, 0.6), confidence=0.95)
    assert with_share(found, Part(0.0, math.inf), 0.1).seeds_share is None
    assert with_share(found, Part(0.0, 2), 0.1).seeds_share == 0
    assert with_share(found, Part(0.1, 2), 0.3).seeds_share == pytest.approx(0.25)
