"""From scores to probabilities that mean what they say: Platt's sigmoid."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

_SMALLEST = 1e-9  # probabilities are kept this far from 0 and 1, whose logits are infinite


@dataclass(frozen=True)
class Platt:
    """sigmoid(slope * logit(p) + intercept), which never changes the order of two images.

    Attributes
    ----------
    slope
        Not negative; below 1 it tempers an overconfident model.
    intercept
        Moves all probabilities towards one class.

    References
    ----------
    Platt, Probabilistic outputs for support vector machines, 1999. As there, the targets are
    (n_positive + 1) / (n_positive + 2) and 1 / (n_negative + 2) instead of 1 and 0, so that
    classes told apart without an error do not ask for an infinite slope.
    """

    slope: float
    intercept: float

    @classmethod
    def fit(cls, probability: NDArray[np.float64], labels: NDArray[np.int64]) -> Self:
        """Find the two numbers with the smallest log loss.

        Parameters
        ----------
        probability : ndarray of shape (n_images,)
            Of the positive class, on images that the model did not learn from.
        labels : ndarray of shape (n_images,)
            Both classes present.
        """
        n_positive = int(labels.sum())
        n_negative = len(labels) - n_positive
        target = np.where(labels == 1, (n_positive + 1) / (n_positive + 2), 1 / (n_negative + 2))
        x = _logit(probability)

        def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            z = parameters[0] * x + parameters[1]
            error = expit(z) - target
            value = np.mean(np.logaddexp(0, z) - target * z)
            return float(value), np.array([np.mean(error * x), np.mean(error)])

        found = minimize(
            loss, [1.0, 0.0], jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)]
        )
        slope, intercept = map(float, found.x)
        return cls(slope, intercept)

    def __call__(self, probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated probabilities of the same shape."""
        calibrated: NDArray[np.float64] = expit(self.slope * _logit(probability) + self.intercept)
        return calibrated


def _logit(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    x: NDArray[np.float64] = logit(np.clip(probability, _SMALLEST, 1 - _SMALLEST))
    return x
