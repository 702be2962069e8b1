"""What an epoch of training came to, and which epoch is the best."""

from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True, eq=False)
class Epoch:
    """What an epoch came to.

    Attributes
    ----------
    number
        Counted from 1.
    learning_rate
        Of the epoch's last step.
    loss
        Mean cross-entropy of the augmented training images, in nats, while they were trained on,
        weighted by class as the training is.
    validation_loss, validation_auc
        Of the plain validation images, after the epoch; of more than two classes the mean of each
        one's AUC against the rest.
    validation_probabilities
        ndarray of float64, shape (n_validation, n_classes), after the epoch.
    """

    number: int
    learning_rate: float
    loss: float
    validation_loss: float
    validation_auc: float
    validation_probabilities: np.ndarray

    def rank(self, chosen_by: Literal["auc", "loss"]) -> tuple[float, float]:
        """Return what the best epoch has most of: AUC then less loss, or the reverse."""
        found = (self.validation_auc, -self.validation_loss)
        return found if chosen_by == "auc" else (found[1], found[0])
