"""The decision rule: from predicted probabilities to a predicted class."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from pipeline.artifacts.task import Task
from pipeline.evaluation.thresholds import youden_threshold
from pipeline.statistics.scored_cases import FloatArray, IntArray, ScoredCases


@dataclass(frozen=True)
class DecisionRule:
    """A threshold on the probability of the positive class, or the class of highest probability.

    Attributes
    ----------
    threshold
        A case is called positive from this probability on. None: the class of the highest
        probability is called, of equal ones the first.
    """

    threshold: float | None

    @classmethod
    def chosen_on(cls, cases: ScoredCases, task: Task) -> Self:
        """Choose the rule on validation: Youden's threshold of a binary task, else the highest."""
        if task.positive is None:
            return cls(None)
        binary = cases.one_vs_rest(task.positive)
        return cls(youden_threshold(binary.labels, binary.probabilities))

    @property
    def in_words(self) -> str:
        """How a class is called."""
        if self.threshold is None:
            return "the highest probability decides"
        return f"threshold {self.threshold:.3f}"

    def __call__(self, probabilities: FloatArray) -> IntArray:
        """Return the predicted labels, shape (n_cases,), of probabilities (n_cases, n_classes)."""
        if self.threshold is not None:
            return (probabilities[:, 1] >= self.threshold).astype(np.int64)
        labels: IntArray = probabilities.argmax(axis=1)
        return labels


def threshold_for(labels: ArrayLike, probabilities: FloatArray) -> float | None:
    """Return the threshold of the decision rule chosen on validation.

    Parameters
    ----------
    labels
        Array of shape (n_cases,), of validation.
    probabilities
        ndarray of shape (n_cases, n_classes).

    Returns
    -------
    float or None
        Youden's of two classes; None of more, where the highest probability decides.
    """
    cases = ScoredCases.of(labels, probabilities, np.zeros(np.size(labels)))
    task = Task.of([str(label) for label in range(cases.n_classes)])
    return DecisionRule.chosen_on(cases, task).threshold
