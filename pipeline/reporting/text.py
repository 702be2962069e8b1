"""Numbers and sentences: one way of writing each, everywhere in the report."""

from pipeline.artifacts.results import Estimate

UNDEFINED = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"


def number(value: float | None, digits: int = 3, *, signed: bool = False) -> str:
    """Write a number with fixed decimals, zero without a minus; an en dash where there is none.

    Examples
    --------
    >>> number(0.8126), number(1, 2), number(0.01, 2, signed=True), number(-1e-9)
    ('0.813', '1.00', '+0.01', '0.000')
    """
    if value is None:
        return UNDEFINED
    written = f"{value:+z.{digits}f}" if signed else f"{value:z.{digits}f}"
    return written.replace("-", _MINUS)


def interval(estimate: Estimate, *, signed: bool = False) -> str:
    """Write the two ends of an interval; an en dash where it has none."""
    if estimate.low is None or estimate.high is None:
        return UNDEFINED
    return f"{number(estimate.low, signed=signed)} to {number(estimate.high, signed=signed)}"


def interval_or_why(estimate: Estimate, *, signed: bool = False) -> str:
    """Write the two ends of an interval, or why it has none where that is known."""
    if estimate.because is not None:
        return f"no interval: {estimate.because}"
    return interval(estimate, signed=signed)


def with_interval(estimate: Estimate, *, signed: bool = False) -> str:
    """Write a value and its interval, as in '0.871 (0.794 to 0.930)'."""
    if estimate.value is None:
        return UNDEFINED
    return f"{number(estimate.value, signed=signed)} ({interval(estimate, signed=signed)})"


def seconds(value: float) -> str:
    """Write a duration in seconds, no finer than it can be trusted.

    Examples
    --------
    >>> seconds(0.031), seconds(7.26), seconds(184.4), seconds(12345)
    ('< 0.1', '7.3', '184', '12,345')
    """
    if value < 0.1:
        return "< 0.1"
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def share(part: int, whole: int) -> str:
    """Write a count and what share of a whole it is, as in '12 (30 %)'."""
    return f"{part:,} ({100 * part / whole:.0f} %)" if whole else f"{part:,}"


def percent(fraction: float) -> str:
    """Write a fraction in per cent, as in '95 %'."""
    return f"{100 * fraction:g} %"


def times(ratio: float) -> str:
    """Write a ratio with two figures that count.

    Examples
    --------
    >>> times(1234.0), times(2.04), times(0.997), times(0.0137), times(0.0004)
    ('1,234', '2.0', '1.0', '0.014', 'below 0.001')
    """
    if ratio < 0.001:
        return "below 0.001"
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}" if ratio >= 0.995 else f"{ratio:.2g}"


def seconds_or_none(value: float | None) -> str:
    """Write a duration in seconds; an en dash where it is not known."""
    return UNDEFINED if value is None else seconds(value)


def ratio_of(first: float | None, second: float | None) -> str:
    """Write how many times the second number the first is; an en dash where that is not known.

    Examples
    --------
    >>> ratio_of(5.0, 2.0) == "2.5 \N{MULTIPLICATION SIGN}", ratio_of(None, 2.0) == UNDEFINED
    (True, True)
    """
    if first is None or not second:
        return UNDEFINED
    return f"{times(first / second)} \N{MULTIPLICATION SIGN}"
