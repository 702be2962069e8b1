import numpy as np
import pytest

from pipeline.statistics import bootstrap
from pipeline.statistics.bootstrap import draw_weights, estimate, percentile_interval

SETTINGS = {"n_bootstrap": 1000, "confidence": 0.95, "seed": 0}


def mean_of(values):
    """Return the weighted mean of values as a statistic."""
    return lambda weights: {"mean": weights @ values / weights.sum(axis=1)}


def test_a_patients_images_are_drawn_together_and_as_many_patients_as_there_are():
    patients = np.array([0, 0, 1, 2, 2, 2])
    weights = np.concatenate(list(draw_weights(patients, 3, n_bootstrap=500, seed=1)))
    assert weights.shape == (500, 6)
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 3] == weights[:, 4]).all()
    assert (weights[:, [0, 2, 3]].sum(axis=1) == 3).all()
    assert weights[:, [0, 2, 3]].mean(axis=0) == pytest.approx(1, abs=0.1)


def test_draws_do_not_depend_on_how_many_are_held_at_a_time(monkeypatch):
    patients = np.arange(40) // 2
    whole = np.concatenate(list(draw_weights(patients, 20, n_bootstrap=100, seed=1)))
    monkeypatch.setattr(bootstrap, "CELLS", 40 * 7)
    parts = list(draw_weights(patients, 20, n_bootstrap=100, seed=1))
    assert max(len(part) for part in parts) == 7
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_memory_is_bounded_whatever_the_number_of_cases():
    largest = next(draw_weights(np.arange(20_000), 20_000, n_bootstrap=2000, seed=1))
    assert largest.size <= bootstrap.CELLS


def test_the_interval_of_a_mean_is_that_of_normal_theory():
    values = np.random.default_rng(5).normal(size=400)
    found = estimate(mean_of(values), np.arange(400), 400, **SETTINGS)["mean"]
    half = 1.96 * values.std() / 20
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - half, abs=0.015)
    assert found.high == pytest.approx(values.mean() + half, abs=0.015)


def test_equal_seeds_give_equal_intervals_and_other_seeds_others():
    values = np.random.default_rng(5).normal(size=30)
    first, again, other = (
        estimate(mean_of(values), np.arange(30), 30, **{**SETTINGS, "seed": seed})
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_repeating_a_patients_image_widens_the_interval_against_counting_images():
    values = np.repeat(np.random.default_rng(6).normal(size=60), 4)
    by_patient = estimate(mean_of(values), np.arange(240) // 4, 60, **SETTINGS)["mean"]
    by_image = estimate(mean_of(values), np.arange(240), 240, **SETTINGS)["mean"]
    ratio = (by_patient.high - by_patient.low) / (by_image.high - by_image.low)
    assert ratio == pytest.approx(2, rel=0.1)  # the square root of four images a patient


def test_undefined_draws_are_counted_and_left_out():
    draws = np.array([np.nan] * 5 + list(range(101)), dtype=float)
    assert percentile_interval(draws, 0.9) == pytest.approx((5, 95))


def test_too_few_defined_draws_give_no_interval():
    draws = np.array([np.nan] * 20 + [1.0] * 80)
    assert percentile_interval(draws, 0.95) == (None, None)


def test_one_patient_tells_nothing_of_others():
    found = estimate(mean_of(np.array([1.0, 3.0])), np.zeros(2, dtype=int), 1, **SETTINGS)["mean"]
    assert (found.value, found.low, found.high) == (2, None, None)
