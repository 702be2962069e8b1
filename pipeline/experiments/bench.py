"""One training set in, a figure with its band out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heads.base import Examples, answer
from heads.logistic_regression import LogisticRegression
from pipeline.evaluation import ScoredCases, youden_threshold
from pipeline.evaluation.bootstrap import draw_weights
from pipeline.evaluation.metrics import AllMetrics

DRAWS = 200  # of test patients, for each training set


@dataclass(frozen=True)
class Band:
    """A figure over repeated draws.

    Attributes
    ----------
    value
        Mean over the training sets, on the test cases as they are.
    low, high
        The middle share of the figures over training sets and drawn test patients together.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Bench:
    """Where training sets are tried: one head, one validation set, one test set.

    Attributes
    ----------
    train, validation, test
        Images of each split, none without a class.
    settings
        Hyperparameters of logistic regression, its one C among them.
    confidence
        Share of the draws in a band.
    seed
        Of the draws of test patients.
    """

    train: Examples
    validation: Examples
    test: Examples
    settings: dict[str, Any]
    confidence: float
    seed: int

    def fit(self, train: Examples) -> LogisticRegression:
        """Fit the head on a training set."""
        return LogisticRegression(**self.settings).fit(train, self.validation)

    def metrics(self, train: Examples) -> AllMetrics:
        """Fit on a training set; return the metrics on test at the threshold of validation."""
        head = self.fit(train)
        validation, test = (
            answer(head.predict_views(part.embeddings), average_views=head.average_views)
            for part in (self.validation, self.test)
        )
        threshold = youden_threshold(self.validation.labels, validation)
        return AllMetrics.of(ScoredCases.of(self.test.labels, test, self.test.groups), threshold)

    def band(
        self, tried: Sequence[AllMetrics], name: str, weights: NDArray[np.float64] | None = None
    ) -> Band:
        """Return a metric over several training sets.

        Parameters
        ----------
        tried
            The metrics of each training set.
        name
            One of `pipeline.evaluation.metrics.METRICS`.
        weights : ndarray of shape (n_cases,), optional
            Of the test cases; None: all alike.
        """
        cases = tried[0].cases
        base = np.ones(cases.n) if weights is None else weights
        values = [float(metrics(base[np.newaxis])[name][0]) for metrics in tried]
        draws = []
        for number, metrics in enumerate(tried):
            drawn = draw_weights(
                cases.patients, cases.n_patients, n_bootstrap=DRAWS, seed=self.seed + number
            )
            draws += [metrics(base * rows)[name] for rows in drawn]
        tail = (1 - self.confidence) / 2
        low, high = np.nanquantile(np.concatenate(draws), (tail, 1 - tail))
        return Band(float(np.mean(values)), float(low), float(high))


def patients_by_class(examples: Examples) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the patients without and with a positive image, each in sorted order."""
    names, of_image = np.unique(examples.groups.astype(str), return_inverse=True)
    positive = np.zeros(len(names), dtype=bool)
    np.logical_or.at(positive, of_image, examples.labels == 1)
    return names[~positive], names[positive]


def of_patients(examples: Examples, patients: NDArray[Any]) -> Examples:
    """Return all images of some patients."""
    return examples.take(np.isin(examples.groups.astype(str), patients))
