"""The test of a difference of two models' areas on the same cases, from its variance."""

from collections.abc import Sequence

from pipeline.artifacts.results import Difference
from pipeline.statistics.clustered_variance import Spread
from pipeline.statistics.crossed import (
    NO_VARIANCE,
    NO_WIDTH,
    NOTHING,
    TOO_FEW,
    Part,
    half_width,
    p_value,
    with_share,
)
from pipeline.statistics.delong import FEW_PATIENTS


def paired_test(
    difference: float,
    scatter: Spread | None,
    confidence: float,
    seeds: Part = NOTHING,
    margin: float | None = None,
) -> Difference:
    """Return a difference of areas with its interval and p-value.

    The difference over its standard error is held against Student's t with
    :func:`degrees_of_freedom`.

    Parameters
    ----------
    difference
        First minus second.
    scatter
        Its variance between samples of patients; None where it has none.
    confidence
        Of the interval, as 0.95.
    seeds
        What other seeds add (:mod:`pipeline.statistics.crossed`).
    margin
        Difference that would not matter; None: non-inferiority is not tested.

    Returns
    -------
    Difference
        Without interval and p-value where there are too few patients, or where the difference does
        not vary between them, as that of two models that rank alike.
    """
    if scatter is None or scatter.variance < NO_WIDTH**2:
        because = TOO_FEW if scatter is None else NO_VARIANCE
        return Difference(value=difference, low=None, high=None, because=because, p=None)
    parts = [Part(scatter.variance, degrees_of_freedom(scatter)), seeds]
    half = half_width(parts, confidence)
    found = Difference(
        value=difference,
        low=max(difference - half, -1.0),  # shares and AUCs differ by no more than 1
        high=min(difference + half, 1.0),
        p=p_value(difference, parts),
    )
    if margin is not None:
        worse = (_one_sided(margin + sign * difference, parts) for sign in (1, -1))
        found = found.model_copy(
            update=dict(zip(("p_first_worse", "p_second_worse"), worse, strict=True))
        )
    return with_share(found, seeds, scatter.variance)


def degrees_of_freedom(scatter: Spread) -> float:
    """Return twice Satterthwaite's degrees of freedom, of few patients Satterthwaite's own.

    Few are fewer than 15 of a class: with more degrees of freedom equal models are then called
    different too often (`benchmarks.few_patients`).
    """
    few = scatter.fewest < FEW_PATIENTS
    return scatter.satterthwaite if few else 2 * scatter.satterthwaite


def _one_sided(distance: float, parts: Sequence[Part]) -> float:
    """Return the p-value of the hypothesis that a figure this far above a limit is not above it."""
    both = p_value(distance, parts)
    return both / 2 if distance > 0 else 1 - both / 2
