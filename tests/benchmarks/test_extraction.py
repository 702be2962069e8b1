import pytest

from benchmarks.extraction import ratios


def test_ratios_are_medians_within_rounds():
    # the third round was slow for both, which rates alone would take for a difference
    found = ratios([10.0, 12.0, 3.0], {"plain": [5.0, 4.0, 1.5], "timm": [10.0, 6.0, 1.0]})
    assert found == {"plain": pytest.approx(2.0), "timm": pytest.approx(2.0)}
