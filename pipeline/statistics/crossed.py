"""An uncertainty of two parts, other patients and other seeds, joined by square-and-add.

A figure of a model that was trained from several seeds is the mean over its trainings. It would
change with other patients to score on, and with other seeds to train from. Either part has an
interval of its own; the distances of both from the figure are squared and added [1]_. An interval
of patients that is not symmetric, as Wilson's, stays so. Without a part of seeds the interval is
that of the patients.

References
----------
.. [1] Zou and Donner, Statistics in Medicine 27:1693-1702, 2008: variance estimates recovery.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from scipy.optimize import brentq
from scipy.stats import t

from pipeline.artifacts.results import Estimate
from pipeline.statistics.delong import quantile

E = TypeVar("E", bound=Estimate)

TOO_FEW = "too few patients"
AT_BOUND = "at its bound on these cases"
A_FIGURE_AT_BOUND = "a figure at its bound on these cases"
NO_VARIANCE = "no variance between patients"
_LEAST_TAIL = 1e-15
NO_WIDTH = 1e-12  # below it a width is what rounding left of none


@dataclass(frozen=True)
class Part:
    """A part of an uncertainty.

    Attributes
    ----------
    variance
        Of the figure, from this source alone.
    freedom
        Degrees of freedom of that variance.
    """

    variance: float
    freedom: float


NOTHING = Part(0.0, math.inf)


def half_width(parts: Sequence[Part], confidence: float) -> float:
    """Return how far a symmetric interval reaches from the figure, with Student's t a part."""
    return math.sqrt(sum(quantile(confidence, each.freedom) ** 2 * each.variance for each in parts))


def p_value(distance: float, parts: Sequence[Part]) -> float:
    """Return the p-value of the interval that just reaches `distance`, two-sided.

    Parameters
    ----------
    distance
        Of the figure from the hypothesis; its sign does not matter.
    parts
        Of the figure's uncertainty; one has a variance.

    Returns
    -------
    float
        Of two parts at least 2e-15.
    """
    there = [each for each in parts if each.variance > 0]
    if len(there) == 1:
        (part,) = there
        return 2 * float(t.sf(abs(distance) / math.sqrt(part.variance), part.freedom))

    def excess(tail: float) -> float:
        reached = sum(float(t.isf(tail, each.freedom)) ** 2 * each.variance for each in there)
        return reached - distance**2

    if excess(_LEAST_TAIL) <= 0:
        return 2 * _LEAST_TAIL
    if excess(0.5) >= 0:  # a distance of nothing, or of rounding
        return 1.0
    return 2 * float(brentq(excess, _LEAST_TAIL, 0.5))


def joined(parts: Sequence[Part]) -> Part:
    """Return independent parts of one kind as one, with Satterthwaite's degrees of freedom."""
    variance = sum(each.variance for each in parts)
    if variance == 0:
        return Part(0.0, min(each.freedom for each in parts))
    scatter = sum(each.variance**2 / each.freedom for each in parts)
    return Part(variance, variance**2 / scatter if scatter else math.inf)


def with_share(figure: E, seeds: Part, patients: float) -> E:
    """State the share of a figure's variance that comes from seeds.

    Parameters
    ----------
    figure
        Returned as it is where it has no interval, or where all models were trained once.
    seeds
        The part of the seeds.
    patients
        The variance between patients.
    """
    if figure.low is None or not math.isfinite(seeds.freedom):
        return figure
    total = seeds.variance + patients
    return figure.model_copy(update={"seeds_share": seeds.variance / total if total else 0.0})


def with_interval(
    value: float | None,
    ends: tuple[float | None, float | None],
    *,
    confidence: float,
    seeds: Part = NOTHING,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Estimate:
    """Return a figure with an interval of patients, widened by the part of the seeds.

    Parameters
    ----------
    value
        The figure; None where it is not defined.
    ends
        Low and high end over patients; None twice where there are too few.
    confidence
        Of that interval, as 0.95.
    seeds
        What other seeds add.
    bounds
        The figure's smallest and largest possible value.

    Returns
    -------
    Estimate
        An interval without a width would say that other patients make no difference, which these
        cases cannot show: there is none then, and `because` says why.
    """
    low, high = ends
    if value is None:
        return Estimate(value=None, low=None, high=None)
    if low is None or high is None:
        return Estimate(value=value, low=None, high=None, because=TOO_FEW)
    if high - low < NO_WIDTH:
        because = AT_BOUND if value in bounds else NO_VARIANCE
        return Estimate(value=value, low=None, high=None, because=because)
    if seeds.variance == 0:
        return Estimate(value=value, low=low, high=high)
    reach = half_width([seeds], confidence)
    below, above = (math.hypot(max(each, 0), reach) for each in (value - low, high - value))
    return Estimate(
        value=value, low=max(value - below, bounds[0]), high=min(value + above, bounds[1])
    )
