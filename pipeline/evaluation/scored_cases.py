"""Labels, probabilities and patients of the same cases, checked once."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radbank.errors import RadbankError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class OfPatients(Protocol):
    """Cases that come in patients, whatever was said of them."""

    @property
    def n(self) -> int:
        """The number of cases."""
        ...

    @property
    def patients(self) -> IntArray:
        """Each case's patient from 0 to `n_patients` - 1, shape (n_cases,)."""
        ...

    @property
    def n_patients(self) -> int:
        """How many patients there are."""
        ...


@dataclass(frozen=True, eq=False)
class ScoredCases:
    """What a model said of a set of cases, and what is true of them.

    Attributes
    ----------
    labels
        ndarray of shape (n_cases,); 1 is positive.
    probabilities
        ndarray of shape (n_cases,), of the positive class.
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
    def of(cls, labels: ArrayLike, probabilities: ArrayLike, groups: ArrayLike) -> "ScoredCases":
        """Check and convert arrays (or pandas columns) of one length.

        Parameters
        ----------
        labels
            Array of shape (n_cases,) of 0 and 1.
        probabilities
            Array of shape (n_cases,) of numbers from 0 to 1.
        groups
            Array of shape (n_cases,): whose image a case is.

        Raises
        ------
        RadbankError
            If a probability is not a number from 0 to 1, as after a training that diverged.
        ValueError
            If the lengths differ or a label is neither 0 nor 1.
        """
        truth = np.asarray(labels)
        said = np.asarray(probabilities, dtype=np.float64)
        names = np.asarray(groups)
        shapes = truth.shape, said.shape, names.shape
        if shapes != ((truth.size,),) * 3:
            raise ValueError(
                f"labels, probabilities and groups have shapes {shapes}, not (n,) each"
            )
        if not np.isin(truth, (0, 1)).all():
            raise ValueError("labels are 0 or 1")
        wrong = int(np.count_nonzero(~((said >= 0) & (said <= 1))))
        if wrong:
            raise RadbankError(
                f"{wrong} of {said.size} probabilities are not numbers from 0 to 1: the training "
                "diverged; lower its learning rate."
            )
        known, patients = np.unique(names.astype(str), return_inverse=True)
        return cls(truth.astype(np.int64), said, patients.astype(np.int64), known.size)

    @property
    def n(self) -> int:
        """The number of cases."""
        return self.labels.size

    @property
    def n_positive(self) -> int:
        """The number of positive cases."""
        return int(self.labels.sum())

    @property
    def has_both_classes(self) -> bool:
        """Whether there is a positive and a negative case."""
        return 0 < self.n_positive < self.n
