"""Fit a head on many altered training sets, and measure a metric over them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heads.base import Head, pool_views
from heads.examples import Examples
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases, Weighted
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.rule import DecisionRule
from pipeline.statistics.bootstrap import draw_weights
from pipeline.statistics.crossed import NO_WIDTH
from pipeline.statistics.scored_cases import ScoredCases

DRAWS = 200  # of test patients, for each training set


@dataclass(frozen=True)
class Band:
    """A figure over repeated draws: its mean and an interval.

    Attributes
    ----------
    value
        Mean over the training sets, on the test cases as they are.
    low, high
        The middle share of the figures over training sets and drawn test patients together; NaN
        where all are equal, as at an AUC of 1.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Taught:
    """A fitted head, whose training set may lack some of the classes.

    Attributes
    ----------
    head
        Fitted to the classes that were there, numbered anew.
    labels
        ndarray of int64: which classes these are. The others have probability 0.
    n_classes
        How many classes there are in all.
    """

    head: Head
    labels: NDArray[np.int64]
    n_classes: int

    def plain(self, part: Examples) -> NDArray[np.float64]:
        """Return each class's probability for plain views, shape (n_images, n_classes)."""
        return self._of_all(self.head.predict_proba(part.plain))

    def pooled(self, part: Examples) -> NDArray[np.float64]:
        """Return each class's probability over an image's views, shape (n_images, n_classes)."""
        by_view = self.head.predict_views(part.embeddings)
        return self._of_all(pool_views(by_view, average_views=self.head.average_views))

    def _of_all(self, predicted: NDArray[np.float64]) -> NDArray[np.float64]:
        every = np.zeros((len(predicted), self.n_classes))
        every[:, self.labels] = predicted
        return every


@dataclass(frozen=True, eq=False)
class Bench:
    """A test bench for training sets: one head, one validation set, one test set.

    Attributes
    ----------
    train, validation, test
        Images of each split, none without a class.
    head
        The head that is fitted on each training set, with fixed hyperparameters.
    confidence
        Share of the draws in a band.
    seed
        Of the draws of test patients.
    """

    train: Examples
    validation: Examples
    test: Examples
    head: Head
    confidence: float
    seed: int

    @property
    def n_classes(self) -> int:
        """The number of classes."""
        return int(self.train.labels.max()) + 1

    def fit(self, train: Examples) -> Taught:
        """Fit the head on a training set."""
        there = np.unique(train.labels)
        of_these = self.validation.take(np.isin(self.validation.labels, there))
        renumbered = (
            replace(part, labels=np.searchsorted(there, part.labels)) for part in (train, of_these)
        )
        return Taught(replace(self.head).fit(*renumbered), there, self.n_classes)

    @property
    def task(self) -> Task:
        """The classes by number."""
        return Task.of([str(label) for label in range(self.n_classes)])

    def metrics(self, train: Examples) -> ClassifiedCases:
        """Fit on a training set; classify test by the decision rule chosen on validation."""
        taught = self.fit(train)
        validation, test = (
            ScoredCases.of(part.labels, taught.pooled(part), part.groups)
            for part in (self.validation, self.test)
        )
        rule = DecisionRule.chosen_on(validation, self.task)
        return ClassifiedCases.of(self.task, test, rule)

    def band(
        self,
        tried: Sequence[ClassifiedCases],
        name: str,
        weights: NDArray[np.float64] | None = None,
    ) -> Band:
        """Return a metric over several training sets.

        Parameters
        ----------
        tried
            The classified test cases of each training set.
        name
            One of `pipeline.evaluation.metrics.METRICS`.
        weights : ndarray of shape (n_cases,), optional
            Of the test cases; None: all alike.
        """
        cases, metric = tried[0].cases, METRICS[name]
        base = np.ones(cases.n) if weights is None else weights
        values = [float(metric.values(Weighted(each, base[np.newaxis]))[0]) for each in tried]
        draws = []
        for number, each in enumerate(tried):
            drawn = draw_weights(
                cases.patients, cases.n_patients, n_bootstrap=DRAWS, seed=self.seed + number
            )
            draws += [metric.values(Weighted(each, base * rows)) for rows in drawn]
        tail = (1 - self.confidence) / 2
        low, high = np.nanquantile(np.concatenate(draws), (tail, 1 - tail))
        if high - low < NO_WIDTH:
            low = high = np.nan
        return Band(float(np.mean(values)), float(low), float(high))


def patients_by_class(examples: Examples) -> list[NDArray[Any]]:
    """Return the patients of each class, in the order in which they appear.

    A patient is of the last class that an image of theirs is of: of two classes of the positive
    one, if any is.
    """
    of_image, names = pd.factorize(examples.groups.astype(str))
    last = np.zeros(len(names), dtype=np.int64)
    np.maximum.at(last, of_image, examples.labels)
    return [names[last == label] for label in range(int(examples.labels.max()) + 1)]


def of_patients(examples: Examples, patients: NDArray[Any]) -> Examples:
    """Return all images of some patients."""
    return examples.take(np.isin(examples.groups.astype(str), patients))
