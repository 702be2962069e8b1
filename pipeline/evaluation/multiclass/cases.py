"""Labels, probabilities of every class and patients of the same cases, checked once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.evaluation.scored_cases import FloatArray, IntArray, ScoredCases
from radbank.errors import RadbankError

_NEAR = 1e-6  # probabilities of one case add up to 1 within this


@dataclass(frozen=True, eq=False)
class ClassCases:
    """What a model said of a set of cases of several classes, and what is true of them.

    Attributes
    ----------
    labels
        ndarray of shape (n_cases,), from 0 to n_classes - 1.
    probabilities
        ndarray of shape (n_cases, n_classes); rows sum to 1.
    patients
        ndarray of shape (n_cases,); the case's patient as an index from 0 to `n_patients` - 1, in
        the sorted order of the groups' names.
    n_patients
        How many patients there are.
    """

    labels: IntArray
    probabilities: FloatArray
    patients: IntArray
    n_patients: int

    @classmethod
    def of(cls, labels: ArrayLike, probabilities: ArrayLike, groups: ArrayLike) -> "ClassCases":
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
        truth = np.asarray(labels)
        said = np.asarray(probabilities, dtype=np.float64)
        names = np.asarray(groups)
        shapes = truth.shape, said.shape[:1], names.shape
        if said.ndim != 2 or shapes != ((truth.size,),) * 3:
            raise ValueError("labels and groups are of shape (n,), probabilities of (n, n_classes)")
        if not np.isin(truth, range(said.shape[1])).all():
            raise ValueError("a label is of no class")
        sound = ((said >= 0) & (said <= 1)).all(axis=1) & (np.abs(said.sum(axis=1) - 1) < _NEAR)
        if not sound.all():
            raise RadbankError(
                f"The probabilities of {np.count_nonzero(~sound)} of {truth.size} cases are not "
                "numbers from 0 to 1 that sum to 1: the training diverged; lower its learning rate."
            )
        known, patients = np.unique(names.astype(str), return_inverse=True)
        return cls(truth.astype(np.int64), said, patients.astype(np.int64), known.size)

    @property
    def n(self) -> int:
        """The number of cases."""
        return self.labels.size

    @property
    def n_classes(self) -> int:
        """The number of classes."""
        return int(self.probabilities.shape[1])

    @property
    def counts(self) -> list[int]:
        """The number of cases of each class."""
        counts: list[int] = np.bincount(self.labels, minlength=self.n_classes).tolist()
        return counts

    @property
    def has_every_class(self) -> bool:
        """Whether there is a case of every class."""
        return min(self.counts) > 0

    @property
    def calls(self) -> IntArray:
        """The class of the highest probability of each case, of equal ones the first."""
        calls: IntArray = self.probabilities.argmax(axis=1)
        return calls

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which cases are called what they are."""
        right: NDArray[np.bool_] = self.calls == self.labels
        return right

    def against_rest(self, label: int) -> ScoredCases:
        """Return the same cases with one class as positive and all others as negative."""
        return ScoredCases(
            (self.labels == label).astype(np.int64),
            self.probabilities[:, label],
            self.patients,
            self.n_patients,
        )

    def inside(self, members: NDArray[np.bool_]) -> "ClassCases":
        """Return some of the cases, their patients numbered anew."""
        return ClassCases.of(
            self.labels[members], self.probabilities[members], self.patients[members]
        )
