"""Calibration of predicted probabilities: Platt scaling for any number of classes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

_SMALLEST = 1e-9  # probabilities are kept this far from 0, whose logarithm is infinite


@dataclass(frozen=True)
class Calibration:
    """Platt scaling: the calibrated probabilities are softmax(slope * log(p) + intercepts).

    Of two classes this is Platt's sigmoid(slope * logit(p) + intercept) [1]_, which never changes
    the order of two images; of more it is bias-corrected temperature scaling [2]_; without
    intercepts it is temperature scaling [3]_, the temperature being 1 / slope.

    Attributes
    ----------
    slope
        Not negative; below 1 it tempers an overconfident model.
    intercepts
        One a class, the first of them 0: move probability towards a class.

    Notes
    -----
    The targets are smoothed as Platt did, so that scores that separate the classes do not ask for
    an infinite slope: of the n images of a class, (n + 1) / (n + n_classes) for that class and
    1 / (n + n_classes) for each other, instead of 1 and 0.

    References
    ----------
    .. [1] Platt, Probabilistic outputs for support vector machines, in Advances in Large Margin
       Classifiers, 1999.
    .. [2] Alexandari, Kundaje and Shrikumar, Maximum likelihood with bias-corrected calibration is
       hard-to-beat at label shift adaptation, ICML 2020.
    .. [3] Guo et al., On Calibration of Modern Neural Networks, ICML 2017; there without smoothing.
    """

    slope: float
    intercepts: tuple[float, ...]

    @classmethod
    def of_numbers(cls, numbers: Mapping[str, Any]) -> Self:
        """Return the calibration whose fields were saved."""
        return cls(numbers["slope"], tuple(numbers["intercepts"]))

    @property
    def in_words(self) -> str:
        """The slope and the intercepts in words; the first intercept is 0 and left out."""
        listed = [f"{intercept:.3g}" for intercept in self.intercepts[1:]]
        word = "intercepts" if len(listed) > 1 else "intercept"
        return f"slope {self.slope:.3g}, {word} {' '.join(listed)}"

    @classmethod
    def fit(
        cls, probability: NDArray[np.float64], labels: NDArray[np.int64], *, shift: bool = True
    ) -> Self:
        """Fit slope and intercepts by minimising the log loss.

        Parameters
        ----------
        probability : ndarray of shape (n_images, n_classes)
            On images that the model did not learn from.
        labels : ndarray of shape (n_images,)
            Every class present.
        shift
            Whether to fit intercepts; else they are 0.
        """
        n_classes = probability.shape[1]
        counts = np.bincount(labels, minlength=n_classes)
        target = (np.eye(n_classes) + 1 / counts[:, np.newaxis])[labels]
        target /= target.sum(axis=1, keepdims=True)
        x = _log(probability)
        n_free = n_classes - 1 if shift else 0

        def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            z = parameters[0] * x
            z[:, 1 : 1 + n_free] += parameters[1:]
            error = softmax(z, axis=1) - target
            value = -(target * log_softmax(z, axis=1)).sum(axis=1).mean()
            slope = (error * x).sum(axis=1).mean()
            return float(value), np.array([slope, *error.mean(axis=0)[1 : 1 + n_free]])

        found = minimize(
            loss,
            [1.0, *[0.0] * n_free],
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None), *[(None, None)] * n_free],
        )
        slope, *intercepts = found.x.tolist()
        return cls(slope, (0.0, *(intercepts or [0.0] * (n_classes - 1))))

    def of_classes(self, probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrate probabilities of every class, shape (n_images, n_classes, ...)."""
        intercepts = np.reshape(self.intercepts, (-1, *[1] * (probability.ndim - 2)))
        calibrated: NDArray[np.float64] = softmax(
            self.slope * _log(probability) + intercepts, axis=1
        )
        return calibrated


def _log(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    x: NDArray[np.float64] = np.log(np.maximum(probability, _SMALLEST))
    return x
