"""From scores to probabilities that mean what they say: Platt's sigmoid, and its softmax."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, logit, softmax

from heads.base import by_class

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

    @property
    def in_words(self) -> str:
        """The two numbers."""
        return f"slope {self.slope:.3g}, intercept {self.intercept:.3g}"

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

    def of_classes(self, probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrate probabilities of both classes, shape (n_images, 2, ...)."""
        return by_class(self(probability[:, 1]))


@dataclass(frozen=True)
class SoftmaxScaling:
    """softmax(slope * log(p) + intercepts): Platt's sigmoid for more than two classes.

    Attributes
    ----------
    slope
        Not negative; below 1 it tempers an overconfident model.
    intercepts
        One a class, of mean zero: move probability towards a class.

    References
    ----------
    Alexandari, Kundaje and Shrikumar, Maximum likelihood with bias-corrected calibration is
    hard-to-beat at label shift adaptation, ICML 2020 (bias-corrected temperature scaling). Targets
    are smoothed as in :class:`Platt`: of the n images of a class, (n + 1) / (n + n_classes) for
    that class and 1 / (n + n_classes) for each other.
    """

    slope: float
    intercepts: tuple[float, ...]

    @property
    def in_words(self) -> str:
        """The numbers."""
        listed = " ".join(f"{intercept:.3g}" for intercept in self.intercepts)
        return f"slope {self.slope:.3g}, intercepts {listed}"

    @classmethod
    def fit(cls, probability: NDArray[np.float64], labels: NDArray[np.int64]) -> Self:
        """Find the numbers with the smallest log loss.

        Parameters
        ----------
        probability : ndarray of shape (n_images, n_classes)
            On images that the model did not learn from.
        labels : ndarray of shape (n_images,)
            Every class present.
        """
        n_classes = probability.shape[1]
        counts = np.bincount(labels, minlength=n_classes)
        target = (np.eye(n_classes) + 1 / counts[:, np.newaxis])[labels]
        target /= target.sum(axis=1, keepdims=True)
        x = _log(probability)

        def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            z = parameters[0] * x + parameters[1:]
            error = softmax(z, axis=1) - target
            value = -(target * log_softmax(z, axis=1)).sum(axis=1).mean()
            slope = (error * x).sum(axis=1).mean()
            return float(value), np.concatenate([[slope], error.mean(axis=0)])

        found = minimize(
            loss,
            [1.0, *[0.0] * n_classes],
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None), *[(None, None)] * n_classes],
        )
        slope, *intercepts = found.x.tolist()
        mean = sum(intercepts) / n_classes
        return cls(slope, tuple(intercept - mean for intercept in intercepts))

    def of_classes(self, probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrate probabilities of every class, shape (n_images, n_classes, ...)."""
        intercepts = np.reshape(self.intercepts, (-1, *[1] * (probability.ndim - 2)))
        calibrated: NDArray[np.float64] = softmax(
            self.slope * _log(probability) + intercepts, axis=1
        )
        return calibrated


Calibration: TypeAlias = Platt | SoftmaxScaling


def calibrate(probability: NDArray[np.float64], labels: NDArray[np.int64]) -> Calibration:
    """Fit the calibration that the number of classes asks for.

    Parameters
    ----------
    probability : ndarray of shape (n_images, n_classes)
        On images that the model did not learn from.
    labels : ndarray of shape (n_images,)
        Every class present.
    """
    if probability.shape[1] == 2:
        return Platt.fit(probability[:, 1], labels)
    return SoftmaxScaling.fit(probability, labels)


def from_numbers(numbers: Mapping[str, Any]) -> Calibration:
    """Return the calibration whose fields were saved."""
    if "intercept" in numbers:
        return Platt(**numbers)
    return SoftmaxScaling(numbers["slope"], tuple(numbers["intercepts"]))


def _log(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    x: NDArray[np.float64] = np.log(np.maximum(probability, _SMALLEST))
    return x


def _logit(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    x: NDArray[np.float64] = logit(np.clip(probability, _SMALLEST, 1 - _SMALLEST))
    return x
