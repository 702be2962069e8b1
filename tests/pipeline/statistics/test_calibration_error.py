"""What a calibrated model shows of the expected calibration error, by cohorts of known truth."""

import numpy as np
import pytest

from benchmarks.coverage_calibration import draw, error
from pipeline.statistics.calibration_error import binned, error_if_calibrated
from pipeline.statistics.scored_cases import BinaryCases


def test_bins_are_of_equal_width_and_hold_both_ends():
    inside = binned(np.array([0.0, 0.05, 0.1, 0.95, 1.0]))
    assert inside.argmax(axis=1).tolist() == [0, 0, 1, 9, 9]
    assert inside.sum(axis=1).tolist() == [1] * 5


def test_one_image_in_one_bin_by_hand():
    """Of probability 0.3 the error is 0.7 in 30 % of the draws and 0.3 in the others."""
    found = error_if_calibrated(BinaryCases.of([1], [0.3], [0]), 0.95, seed=0)
    assert found.value == pytest.approx(0.3 * 0.7 + 0.7 * 0.3, abs=0.02)
    assert (found.low, found.high) == pytest.approx((0.3, 0.7))


def test_certain_probabilities_leave_nothing_to_chance():
    found = error_if_calibrated(BinaryCases.of([1, 0], [1.0, 0.0], [0, 1]), 0.95, seed=0)
    assert (found.value, found.low, found.high) == (0, 0, 0)
    assert error_if_calibrated(BinaryCases.of([], [], []), 0.95, seed=0).value is None


@pytest.mark.parametrize("within", [0.0, 0.9])
def test_a_calibrated_model_seldom_lies_outside_and_an_extreme_one_often_above(within):
    """Of 60 cohorts 3 are expected outside; more than 9 in one of 1,000 tests."""
    generator = np.random.default_rng(3)
    outside = above = 0
    for _ in range(60):
        for extreme in (1.0, 2.0):
            cases = draw(generator, 240, within, extreme)
            found, chance = error(cases, np.ones((1, 240)))[0], error_if_calibrated(cases, 0.95, 0)
            outside += extreme == 1 and not chance.low <= found <= chance.high
            above += extreme == 2 and found > chance.high
    assert outside <= 9
    assert above >= 45


def test_labels_alike_within_patients_widen_the_range():
    """Four equal labels a patient are one: the error is that of a quarter of the images."""
    labels, p = np.repeat(np.arange(100) % 10 < 3, 4).astype(int), np.full(400, 0.3)
    clustered, single = (
        error_if_calibrated(BinaryCases.of(labels, p, groups), 0.95, 0).high
        for groups in (np.arange(400) // 4, np.arange(400))
    )
    assert clustered == pytest.approx(2 * single, rel=0.1)
