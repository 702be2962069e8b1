"""The corrected resampled variance, by hand and on figures that share a part."""

import math

import numpy as np
import pytest
from scipy.stats import t

from pipeline.statistics.fold_mean import OfFolds

SHARE = (0.0, 1.0)


def of(figures, repeats=1, fewest=30):
    figures = np.array(figures, dtype=float)
    repeat = np.repeat(np.arange(repeats), figures.size // repeats)
    return OfFolds(figures, repeat, ratio=0.25, fewest=fewest)


def test_the_variance_counts_the_overlap_of_training_sets_by_hand():
    found = of([0.7, 0.8, 0.9, np.nan]).mean(0.95, SHARE)
    half = t.ppf(0.975, 2) * math.sqrt((1 / 3 + 0.25) * 0.01)
    assert found.value == pytest.approx(0.8)
    assert found.high == 1  # 0.8 + half is beyond
    assert found.low == pytest.approx(0.8 - half)


@pytest.mark.parametrize(("fewest", "freedom"), [(15, 4), (14, 2)])
def test_folds_vary_within_repeats_and_few_patients_have_the_freedom_of_one(fewest, freedom):
    figures = [0.60, 0.65, 0.70, 0.60, 0.70, 0.80]  # means 0.65 and 0.7
    found = of(figures, repeats=2, fewest=fewest)
    variance = (2 * 0.05**2 + 2 * 0.1**2) / 4
    half = t.ppf(0.975, freedom) * math.sqrt((1 / 6 + 0.25) * variance)
    estimate = found.mean(0.95, SHARE)
    assert estimate.value == pytest.approx(0.675)
    assert estimate.high - 0.675 == pytest.approx(half)
    at_its_end = of(np.array(figures) - 0.675 + half, repeats=2, fewest=fewest)
    assert at_its_end.p_value() == pytest.approx(0.05)


def test_where_folds_do_not_vary_or_are_too_few_there_is_no_interval():
    assert of([np.nan]).mean(0.95, SHARE).value is None
    for few in (of([0.7]), of([0.7, 0.8], repeats=2)):
        assert few.mean(0.95, SHARE).because == "too few patients"
        assert few.p_value() is None
    same = of(np.ones(5)).mean(0.95, SHARE)
    assert (same.low, same.because) == (None, "at its bound on these cases")
    assert of(np.ones(5)).p_value() is None


def test_figures_that_share_a_part_are_covered():
    """Correlation n2 / (n1 + n2) between folds, as the correction supposes."""
    generator, held = np.random.default_rng(0), 0
    for _ in range(400):
        shared = math.sqrt(0.2) * generator.normal()
        figures = 0.5 + 0.05 * (shared + math.sqrt(0.8) * generator.normal(size=25))
        found = of(figures, repeats=5).mean(0.95, SHARE)
        held += found.low <= 0.5 <= found.high
    assert 0.92 <= held / 400 <= 0.98
