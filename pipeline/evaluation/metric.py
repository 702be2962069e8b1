"""How a metric is declared: its name, label, direction, tasks, and how its interval is made."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases, Weighted
from pipeline.statistics.scored_cases import FloatArray, IntArray

Tasks: TypeAlias = Callable[[Task], bool]
SHARE = (0.0, 1.0)
"""The bounds of a share."""

Ends: TypeAlias = tuple[float | None, float | None]


def any_task(task: Task) -> bool:  # noqa: ARG001 - as the other predicates
    """Return True: the metric exists for every task."""
    return True


def no_task(task: Task) -> bool:  # noqa: ARG001 - as the other predicates
    """Return False: the metric exists for no task."""
    return False


def binary(task: Task) -> bool:
    """Return whether a task has a positive class."""
    return task.binary


def multiclass(task: Task) -> bool:
    """Return whether a task has no positive class, so that all of its classes are reported."""
    return not task.binary


@dataclass(frozen=True)
class Interval:
    """A metric's own method of computing intervals, used in place of the bootstrap.

    Attributes
    ----------
    method
        Its name.
    ends
        Returns the low and high end over patients, of the mean over the trainings of a model;
        None twice where there are too few patients. It is given the same cases as each training
        classifies them, and a confidence as 0.95.
    """

    method: str
    ends: Callable[[Sequence[ClassifiedCases], float], Ends]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric of predictions.

    Attributes
    ----------
    name
        Its key in the files under metrics/.
    label
        Its heading in tables.
    higher_is_better
        Its direction; None where there is a best value in between.
    values
        Returns its values, an ndarray of shape (n_sets,), for weighted cases. For a plain function
        see :func:`resampled`.
    tasks
        What it is defined for.
    main
        The tasks of which it is part of metrics/summary.json and of the report's main table.
    by_subgroup
        The tasks of which it is reported by subgroup.
    of_calibration
        Whether it tells how well probabilities are calibrated.
    averaged
        Whether it is a mean over the reported classes, each against the rest (macro average).
    bounds
        Its smallest and largest possible value.
    interval
        Its own interval; None: the percentile bootstrap over patients.
    no_interval
        Why it has none at all, in words; None: it has one.
    """

    name: str
    label: str
    higher_is_better: bool | None
    values: Callable[[Weighted], FloatArray]
    tasks: Tasks = any_task
    main: Tasks = any_task
    by_subgroup: Tasks = no_task
    of_calibration: bool = False
    averaged: bool = False
    bounds: tuple[float, float] = (-math.inf, math.inf)
    interval: Interval | None = None
    no_interval: str | None = None

    def heading(self, task: Task) -> str:
        """Return the label, as a macro average where several classes are reported."""
        if self.averaged and not task.binary:
            return f"Macro {self.label}"
        return self.label


def resampled(
    function: Callable[[IntArray, FloatArray, IntArray], float],
) -> Callable[[Weighted], FloatArray]:
    """Make `Metric.values` of a plain function, which is called once for every bootstrap draw.

    Parameters
    ----------
    function
        Takes the labels (n,), the probabilities (n, n_classes) and the predicted labels (n,) of
        the drawn cases; returns the figure, NaN where it is not defined.

    Examples
    --------
    >>> from pipeline.evaluation.metric import Metric, resampled
    >>> errors = Metric(
    ...     name="error_rate",
    ...     label="Error rate",
    ...     higher_is_better=False,
    ...     values=resampled(lambda labels, probabilities, predicted: (labels != predicted).mean()),
    ... )
    """

    def values(weighted: Weighted) -> FloatArray:
        cases, predicted = weighted.classified.cases, weighted.classified.predicted

        def once(weights: FloatArray) -> float:
            drawn = np.repeat(np.arange(cases.n), weights.astype(np.int64))
            if not drawn.size:
                return np.nan
            return float(
                function(cases.labels[drawn], cases.probabilities[drawn], predicted[drawn])
            )

        return np.array([once(weights) for weights in weighted.weights])

    return values
