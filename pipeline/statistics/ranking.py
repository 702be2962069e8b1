"""Cases ordered by score: the counts above every threshold, from which curves and areas follow."""

from dataclasses import dataclass

import numpy as np

from pipeline.statistics.scored_cases import BinaryCases, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Ranking:
    """The order of cases from the highest score to the lowest, tied scores kept together.

    Attributes
    ----------
    order
        ndarray of shape (n_cases,): indices of the cases, highest score first.
    starts
        ndarray of shape (n_scores,): where in `order` each distinct score begins.
    labels
        ndarray of shape (n_cases,): labels in that order.
    scores
        ndarray of shape (n_scores,): the distinct scores, falling.
    """

    order: IntArray
    starts: IntArray
    labels: IntArray
    scores: FloatArray

    @classmethod
    def of(cls, cases: BinaryCases) -> "Ranking":
        """Rank cases by probability."""
        order = np.argsort(-cases.probabilities, kind="stable")
        ranked = cases.probabilities[order]
        starts = np.flatnonzero(np.diff(ranked, prepend=np.inf))
        return cls(order, starts, cases.labels[order], ranked[starts])

    def counts(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Count true and false positives at every threshold 'at least this score'.

        Parameters
        ----------
        weights
            ndarray of shape (n_sets, n_cases): how often each case counts in each set.

        Returns
        -------
        tuple of ndarray of shape (n_sets, 1 + n_scores)
            True positives and false positives; the first column, where nothing is called
            positive, is zero, and the last holds all positives and all negatives.
        """
        ranked = weights.take(self.order, axis=1)
        return self._cumulate(ranked * self.labels), self._cumulate(ranked * (1 - self.labels))

    def _cumulate(self, ranked: FloatArray) -> FloatArray:
        """Sum within ties, then along the falling thresholds."""
        counts = np.zeros((len(ranked), 1 + self.starts.size))
        if self.starts.size:
            tied = np.add.reduceat(ranked, self.starts, axis=1)
            np.cumsum(tied, axis=1, out=counts[:, 1:])
        return counts
