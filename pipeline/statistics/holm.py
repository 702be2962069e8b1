"""p-values adjusted for several tests."""

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return Holm's adjusted p-values, which hold for all hypotheses together.

    Parameters
    ----------
    p_values
        In any order; None where a test could not be made, which is left out of the count.

    Notes
    -----
    Holm, Scandinavian Journal of Statistics 6:65-70, 1979: the i-th smallest of m is multiplied
    by m - i + 1, and is no less than the adjusted ones before it.

    Examples
    --------
    >>> holm([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    made = [i for i, p in enumerate(p_values) if p is not None]
    p = np.array([p_values[i] for i in made], dtype=np.float64)
    order = np.argsort(p, kind="stable")
    factors = np.arange(p.size, 0, -1)
    adjusted = np.minimum(np.maximum.accumulate(p[order] * factors), 1.0)
    found: list[float | None] = [None] * len(p_values)
    for rank, value in zip(order, adjusted, strict=True):
        found[made[rank]] = float(value)
    return found
