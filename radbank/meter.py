"""Seconds and joules between two moments."""

import time
from collections.abc import Iterable
from typing import NamedTuple

from radbank.energy import energy_counter


class Spent(NamedTuple):
    """Wall-clock seconds, and joules; None without a counter."""

    seconds: float
    joules: float | None


class Meter:
    """Measures what is spent between two calls of :meth:`lap`, or since it was made.

    Parameters
    ----------
    device
        Whose energy is counted, ``"cpu"`` or ``"cuda"``.
    """

    def __init__(self, device: str) -> None:
        self._counter = energy_counter(device)
        self._last = self._now()

    @property
    def counter(self) -> str | None:
        """Name of the counter of energy; None without one."""
        return None if self._counter is None else self._counter.name

    def lap(self) -> Spent:
        """Return what was spent since the last call."""
        before, self._last = self._last, self._now()
        used = None
        if before.joules is not None and self._last.joules is not None:
            used = self._last.joules - before.joules
        return Spent(self._last.seconds - before.seconds, used)

    def _now(self) -> Spent:
        joules = None if self._counter is None else self._counter.joules()
        return Spent(time.perf_counter(), joules)


def total(parts: Iterable[float | None]) -> float | None:
    """Return a sum; None if a part of it is not known.

    Examples
    --------
    >>> total([1, 2.5]), total([1, None])
    (3.5, None)
    """
    found = 0.0
    for part in parts:
        if part is None:
            return None
        found += part
    return found
