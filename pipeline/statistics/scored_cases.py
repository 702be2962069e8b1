"""Labels, predicted probabilities and patients of the same cases, checked once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from radbank.errors import RadbankError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
_NEAR = 1e-6  # probabilities of one case add up to 1 within this


@dataclass(frozen=True, eq=False)
class ClusteredCases:
    """Labels and predicted probabilities of cases that are clustered by patient.

    Attributes
    ----------
    labels
        ndarray of shape (n_cases,), from 0 to n_classes - 1.
    probabilities
        ndarray of shape (n_cases, n_classes), whose rows sum to 1; or of the positive class alone.
    patients
        ndarray of shape (n_cases,); the case's patient as an index from 0 to `n_patients` - 1, in
        the order in which they appear, whatever they are called.
    n_patients
        How many patients there are.
    """

    labels: IntArray
    probabilities: FloatArray
    patients: IntArray
    n_patients: int

    @property
    def n(self) -> int:
        """The number of cases."""
        return self.labels.size


class BinaryCases(ClusteredCases):
    """Cases with the probability of the positive class (label 1), shape (n_cases,)."""

    @classmethod
    def of(cls, labels: ArrayLike, probabilities: ArrayLike, groups: ArrayLike) -> "BinaryCases":
        """Check and convert arrays of shape (n_cases,), as :meth:`ScoredCases.of`."""
        positive = np.asarray(probabilities, dtype=np.float64)
        if positive.ndim != 1:
            raise ValueError("probabilities are of shape (n,)")
        return ScoredCases.of(
            labels, np.column_stack([1 - positive, positive]), groups
        ).one_vs_rest(1)

    @property
    def n_positive(self) -> int:
        """The number of positive cases."""
        return int(self.labels.sum())

    @property
    def has_both_classes(self) -> bool:
        """Whether there is a positive and a negative case."""
        return 0 < self.n_positive < self.n

    def inside(self, members: BoolArray) -> "BinaryCases":
        """Return some of the cases, their patients numbered anew."""
        return BinaryCases.of(
            self.labels[members], self.probabilities[members], self.patients[members]
        )


class ScoredCases(ClusteredCases):
    """Cases with the probability of every class, shape (n_cases, n_classes)."""

    @classmethod
    def of(cls, labels: ArrayLike, probabilities: ArrayLike, groups: ArrayLike) -> "ScoredCases":
        """Check and convert arrays (or pandas columns).

        Parameters
        ----------
        labels
            Array of shape (n_cases,) of whole numbers from 0 to n_classes - 1.
        probabilities
            Array of shape (n_cases, n_classes) of numbers from 0 to 1.
        groups
            Array of shape (n_cases,): whose image a case is.

        Raises
        ------
        RadbankError
            If the probabilities of a case are not numbers from 0 to 1 that sum to 1, as after a
            training that diverged.
        ValueError
            If the lengths differ or a label is of no class.
        """
        truth, names = np.asarray(labels), np.asarray(groups)
        predicted = np.asarray(probabilities, dtype=np.float64)
        shapes = truth.shape, predicted.shape[:1], names.shape
        if predicted.ndim != 2 or shapes != ((truth.size,),) * 3:
            raise ValueError("labels and groups are of shape (n,), probabilities of (n, n_classes)")
        if not np.isin(truth, range(predicted.shape[1])).all():
            raise ValueError("a label is of no class")
        in_range = ((predicted >= 0) & (predicted <= 1)).all(axis=1, keepdims=True)
        total = np.where(in_range, predicted, 0).sum(axis=1)  # 0 where one is out of range
        sound = np.abs(total - 1) < _NEAR
        if not sound.all():
            raise RadbankError(
                f"The probabilities of {np.count_nonzero(~sound)} of {truth.size} cases are not "
                "numbers from 0 to 1 that sum to 1: the training diverged; lower its learning rate."
            )
        patients, known = pd.factorize(names.astype(str))
        return cls(truth.astype(np.int64), predicted, patients.astype(np.int64), known.size)

    @property
    def n_classes(self) -> int:
        """The number of classes."""
        return int(self.probabilities.shape[1])

    def one_vs_rest(self, label: int) -> BinaryCases:
        """Return the same cases with one class as positive and all others as negative."""
        return BinaryCases(
            (self.labels == label).astype(np.int64),
            self.probabilities[:, label],
            self.patients,
            self.n_patients,
        )

    def inside(self, members: BoolArray) -> "ScoredCases":
        """Return some of the cases, their patients numbered anew."""
        return ScoredCases.of(
            self.labels[members], self.probabilities[members], self.patients[members]
        )
