"""The corrected resampled variance, by hand and on figures that share a part."""

import math

import numpy as np
import pytest
from scipy.stats import t

from pipeline.statistics.fold_mean import fold_mean

SHARE = (0.0, 1.0)


def test_the_variance_counts_the_overlap_of_training_sets_by_hand():
    found = fold_mean(np.array([0.7, 0.8, 0.9, np.nan]), 0.25, 0.95, SHARE)
    half = t.ppf(0.975, 2) * math.sqrt((1 / 3 + 0.25) * 0.01)
    assert found.value == pytest.approx(0.8)
    assert found.high == 1  # 0.8 + half is beyond
    assert found.low == pytest.approx(0.8 - half)


def test_where_folds_do_not_vary_or_are_too_few_there_is_no_interval():
    assert fold_mean(np.array([np.nan]), 0.25, 0.95, SHARE).value is None
    assert fold_mean(np.array([0.7]), 0.25, 0.95, SHARE).because == "too few patients"
    same = fold_mean(np.ones(5), 0.25, 0.95, SHARE)
    assert (same.low, same.because) == (None, "at its bound on these cases")


def test_figures_that_share_a_part_are_covered():
    """Correlation n2 / (n1 + n2) between folds, as the correction supposes."""
    generator, held = np.random.default_rng(0), 0
    for _ in range(400):
        shared = math.sqrt(0.2) * generator.normal()
        figures = 0.5 + 0.05 * (shared + math.sqrt(0.8) * generator.normal(size=25))
        found = fold_mean(figures, 0.25, 0.95, SHARE)
        held += found.low <= 0.5 <= found.high
    assert 0.92 <= held / 400 <= 0.98
