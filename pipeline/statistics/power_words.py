"""How sure a difference of two AUCs is, and what would settle it, in words."""

from pipeline.artifacts.results import Difference

_LEAST = 0.001  # a probability below it is not written out


def claim_in_words(found: Difference, *, shown: bool) -> str:
    """Say how likely the order is false and, where none is shown, how many patients it takes.

    Parameters
    ----------
    found
        A difference with what :mod:`pipeline.statistics.power` adds; of one without it the words
        are empty.
    shown
        Whether a difference is claimed.

    Returns
    -------
    str
        Begins with a semicolon, to be put behind a verdict.

    Examples
    --------
    >>> figures = {"value": 0.05, "p": 0.4, "order_false": 0.2, "patients": 30}
    >>> found = Difference(**figures, detectable=0.137, patients_needed=231)
    >>> claim_in_words(found, shown=True)
    '; the probability that this order is false is 20 %'
    >>> claim_in_words(found, shown=False)[2:80]
    'with 30 patients a difference below about 0.14 cannot be seen reliably, and ab'
    """
    if found.order_false is None or found.detectable is None or found.patients is None:
        return ""
    order = f"; the probability that this order is false is {percent(found.order_false)}"
    if shown:
        return order
    limit = f"{found.detectable:.2f}" if found.detectable >= 0.1 else f"{found.detectable:.2g}"
    seen = f"with {found.patients:,} patients a difference below about {limit} cannot be seen"
    return f"; {seen} reliably, and {_needed(found, found.patients)}{order}"


def percent(probability: float) -> str:
    """Write a probability, no finer than it means anything.

    Examples
    --------
    >>> percent(0.2345), percent(0.0123), percent(1e-5)
    ('23 %', '1.2 %', 'below 0.1 %')
    """
    if probability < _LEAST:
        return f"below {100 * _LEAST:g} %"
    return f"{100 * probability:.2g} %"


def rounded(number: int) -> str:
    """Write a number with two figures, rounded up.

    Examples
    --------
    >>> rounded(7), rounded(231), rounded(12345)
    ('7', '240', '13,000')
    """
    step = 10 ** max(len(str(number)) - 2, 0)
    return f"{-(-number // step) * step:,}"


def _needed(found: Difference, patients: int) -> str:
    needed = found.patients_needed
    if needed is None and found.seeds_share:
        return "more of them alone would not show the measured one, as other seeds change it too"
    if needed is None:
        return "more of them would not show the measured one"
    if needed <= patients:
        return "the measured one is not shown only because several pairs are tested"
    return f"about {rounded(needed)} such patients would show the measured one"
