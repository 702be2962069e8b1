"""Scored cases with the class predicted for each: what every metric is computed from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.artifacts.task import Task
from pipeline.evaluation.rule import DecisionRule
from pipeline.statistics.ranking import Ranking
from pipeline.statistics.scored_cases import (
    BinaryCases,
    BoolArray,
    FloatArray,
    IntArray,
    ScoredCases,
)


@dataclass(frozen=True, eq=False)
class ClassifiedCases:
    """Scored cases of a task and the class predicted for each.

    Attributes
    ----------
    task
        Whose classes they are.
    cases
        Labels, probabilities and patients.
    predicted
        ndarray of shape (n_cases,): the label that the decision rule gives.
    """

    task: Task
    cases: ScoredCases
    predicted: IntArray

    @classmethod
    def of(cls, task: Task, cases: ScoredCases, rule: DecisionRule) -> "ClassifiedCases":
        """Apply a decision rule to scored cases."""
        return cls(task, cases, rule(cases.probabilities))

    @cached_property
    def one_vs_rest(self) -> tuple[BinaryCases, ...]:
        """Each reported class against the rest."""
        return tuple(self.cases.one_vs_rest(label) for label in self.task.reported)

    @cached_property
    def rankings(self) -> tuple[Ranking, ...]:
        """The order of the cases by the score of each reported class."""
        return tuple(Ranking.of(binary) for binary in self.one_vs_rest)

    @property
    def has_every_class(self) -> bool:
        """Whether each reported class and its rest have a case."""
        return all(binary.has_both_classes for binary in self.one_vs_rest)

    @property
    def correct(self) -> BoolArray:
        """Which cases are predicted to be what they are, shape (n_cases,)."""
        correct: BoolArray = self.predicted == self.cases.labels
        return correct

    def inside(self, members: BoolArray) -> "ClassifiedCases":
        """Return some of the cases, their patients numbered anew."""
        return ClassifiedCases(self.task, self.cases.inside(members), self.predicted[members])


@dataclass(frozen=True, eq=False)
class Weighted:
    """Classified cases under many sets of weights, as those of bootstrap draws.

    What several metrics need is computed once. Undefined figures are NaN; nothing warns.

    Attributes
    ----------
    classified
        The cases.
    weights
        ndarray of shape (n_sets, n_cases): how often each case counts in each set.
    """

    classified: ClassifiedCases
    weights: FloatArray

    @cached_property
    def confusion(self) -> FloatArray:
        """The weight by actual and predicted class, shape (n_sets, n_classes, n_classes)."""
        classified, k = self.classified, self.classified.cases.n_classes
        outcomes = np.zeros((classified.cases.n, k * k))
        cell = classified.cases.labels * k + classified.predicted
        outcomes[np.arange(classified.cases.n), cell] = 1
        return (self.weights @ outcomes).reshape(-1, k, k)

    @cached_property
    def counts(self) -> tuple[tuple[FloatArray, FloatArray], ...]:
        """True and false positives at every threshold, of each reported class."""
        return tuple(ranking.counts(self.weights) for ranking in self.classified.rankings)

    def mean(self, values: FloatArray) -> FloatArray:
        """Return the weighted mean of a figure of each case, shape (n_sets,)."""
        return ratio((self.weights * values).sum(axis=1), self.weights.sum(axis=1))


def ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Divide two ndarrays of one shape, with NaN where there is nothing to divide by."""
    undefined: FloatArray = np.full(denominator.shape, np.nan)
    np.divide(numerator, denominator, out=undefined, where=denominator > 0)
    return undefined
