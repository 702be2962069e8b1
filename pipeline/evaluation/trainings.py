"""Figures of a model that was trained from several seeds, patients and seeds crossed.

Every training is scored on the same draws of patients. The figure is the mean over the trainings,
so that single networks stand against single networks and not against their average. With m_r the
figure of training r, R trainings and the bootstrap over patients,

    seeds on these patients   s^2 = sum (m_r - mean)^2 / (R - 1)
    of which patients explain e^2 = R / (R - 1) * mean over r of Var(m_r* - mean*)
    part of the seeds         max(s^2 - e^2, 0) / R, with R - 1 degrees of freedom
    part of the patients      Var(mean*)

Two trainings of one quality rank these patients differently, and other patients differently again:
that interaction, e^2, is counted with the patients. The two-way layout is that of readers and
cases in studies of diagnostic accuracy [1]_; seeds are the readers.

References
----------
.. [1] Obuchowski and Rockette, Communications in Statistics B 24:285-308, 1995; Hillis, Statistics
   in Medicine 33:330-360, 2014.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.artifacts.results import Estimate
from pipeline.evaluation.classified import ClassifiedCases, Weighted
from pipeline.evaluation.metric import Metric
from pipeline.statistics.bootstrap import Intervals, Resampled, percentile_interval, resample
from pipeline.statistics.crossed import (
    A_FIGURE_AT_BOUND,
    NOTHING,
    Part,
    joined,
    with_interval,
    with_share,
)
from pipeline.statistics.scored_cases import FloatArray

Trainings = Sequence[ClassifiedCases]
"""The same cases, classified by each training of a model; the first is the reported one."""


@dataclass(frozen=True, eq=False)
class OverTrainings:
    """Metrics of every training, of the cases as they are and of the same draws of patients.

    Attributes
    ----------
    each
        One a training.
    metrics
        By name.
    """

    each: tuple[Resampled, ...]
    metrics: Mapping[str, Metric]

    @classmethod
    def of(
        cls, trainings: Trainings, metrics: Sequence[Metric], intervals: Intervals
    ) -> "OverTrainings":
        """Compute metrics of every training and of every draw of patients."""

        def drawn(classified: ClassifiedCases) -> Resampled:
            def statistic(weights: FloatArray) -> dict[str, FloatArray]:
                weighted = Weighted(classified, weights)
                return {metric.name: metric.values(weighted) for metric in metrics}

            return resample(
                statistic,
                classified.cases.patients,
                classified.cases.n_patients,
                n_bootstrap=intervals["n_bootstrap"],
                seed=intervals["seed"],
            )

        return cls(tuple(map(drawn, trainings)), {metric.name: metric for metric in metrics})

    def values(self, name: str) -> FloatArray:
        """Return a metric of each training, shape (n_trainings,)."""
        return np.array([found.values[name] for found in self.each])

    def value(self, name: str) -> float | None:
        """Return the mean of a metric over the trainings, None where it is not defined."""
        mean = float(self.values(name).mean())
        return None if np.isnan(mean) else mean

    def draws(self, name: str) -> FloatArray:
        """Return that mean in each draw of patients, shape (n_bootstrap,)."""
        mean: FloatArray = np.mean([found.draws[name] for found in self.each], axis=0)
        return mean

    def undefined(self, name: str) -> int:
        """Return in how many draws a metric is not defined."""
        return int(np.count_nonzero(np.isnan(self.draws(name))))

    def seeds(self, name: str) -> Part:
        """Return what other seeds add to the uncertainty of a metric's mean."""
        n = len(self.each)
        spread = self.values(name).var(ddof=1) if n > 1 else np.nan
        if np.isnan(spread):
            return NOTHING
        draws = np.array([found.draws[name] for found in self.each])
        draws = draws[:, ~np.isnan(draws).any(axis=0)]
        own = n / (n - 1) * (draws - draws.mean(axis=0)).var(axis=1).mean() if draws.size else 0.0
        return Part(max(float(spread - own), 0.0) / n, n - 1)

    def estimate(
        self, name: str, confidence: float, ends: tuple[float | None, float | None] | None = None
    ) -> Estimate:
        """Return the mean of a metric over the trainings with its interval.

        Parameters
        ----------
        name
            Of the metric.
        confidence
            As 0.95.
        ends
            The metric's own interval over patients; None: percentiles of the draws.
        """
        metric, value = self.metrics[name], self.value(name)
        seeds = self.seeds(name)
        if metric.no_interval is not None and value is not None:
            found = Estimate(value=value, low=None, high=None, because=metric.no_interval)
        else:
            if ends is None:
                ends = percentile_interval(self.draws(name), confidence)
            found = with_interval(
                value, ends, confidence=confidence, seeds=seeds, bounds=metric.bounds
            )
        if len(self.each) == 1 or found.value is None:
            return found
        found = found.model_copy(update={"seeds_sd": float(self.values(name).std(ddof=1))})
        return with_share(found, seeds, variance(self.draws(name)))


def difference(
    first: OverTrainings, second: OverTrainings, name: str, confidence: float
) -> Estimate:
    """Return the first model's metric minus the second's, with its paired bootstrap interval.

    A figure at its bound stays there in every draw, which says nothing about other patients: the
    difference has no interval then.
    """
    one, other = first.value(name), second.value(name)
    if one is not None and other is not None and {one, other} & set(first.metrics[name].bounds):
        return Estimate(value=one - other, low=None, high=None, because=A_FIGURE_AT_BOUND)
    draws, seeds = first.draws(name) - second.draws(name), seeds_of(first, second, name)
    found = with_interval(
        None if one is None or other is None else one - other,
        percentile_interval(draws, confidence),
        confidence=confidence,
        seeds=seeds,
    )
    return with_share(found, seeds, variance(draws))


def seeds_of(first: OverTrainings, second: OverTrainings, name: str) -> Part:
    """Return what other seeds add to the difference of two models' means of a metric.

    The seeds of one model have nothing to do with those of the other, so the parts are added.
    """
    return joined([first.seeds(name), second.seeds(name)])


def variance(draws: FloatArray) -> float:
    """Return the variance of the draws in which a figure is defined; 0 of fewer than two."""
    defined = draws[~np.isnan(draws)]
    return float(defined.var(ddof=1)) if defined.size > 1 else 0.0
