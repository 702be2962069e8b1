"""Numbers in words: known answers."""

import pytest

from pipeline.artifacts.results import Estimate
from pipeline.reporting import text

DASH, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"


def test_numbers() -> None:
    assert text.number(0.8126) == "0.813"
    assert text.number(None) == DASH
    assert text.number(-0.01, 2) == f"{MINUS}0.01"
    assert text.number(0.01, 2, signed=True) == "+0.01"


def test_intervals() -> None:
    whole = Estimate(value=-0.02, low=-0.05, high=0.01)
    assert text.interval(whole) == f"{MINUS}0.050 to 0.010"
    assert text.with_interval(whole, signed=True) == f"{MINUS}0.020 ({MINUS}0.050 to +0.010)"
    assert text.with_interval(Estimate(value=0.7, low=None, high=None)) == f"0.700 ({DASH})"
    few = Estimate(value=0.7, because="too few patients")
    assert text.interval_or_why(few) == "no interval: too few patients"
    assert text.interval_or_why(whole) == text.interval(whole)
    assert text.with_interval(Estimate(value=None, low=None, high=None)) == DASH


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "< 0.1"), (0.1, "0.1"), (7.26, "7.3"), (184.4, "184"), (12345.0, "12,345")],
)
def test_seconds(value: float, written: str) -> None:
    assert text.seconds(value) == written


def test_shares_and_ratios() -> None:
    assert text.share(12, 40) == "12 (30 %)"
    assert text.share(0, 0) == "0"
    assert text.percent(0.95) == "95 %"
    assert text.percent(0.995) == "99.5 %"
    assert text.percent(0.29) == "29 %"
    assert text.times(16.09) == "16"
    assert text.times(1.25) == "1.2"
    assert text.ratio_of(1.0, 0.0) == text.ratio_of(None, 1.0) == text.UNDEFINED
    assert text.ratio_of(3.0, 2.0) == "1.5 \N{MULTIPLICATION SIGN}"
