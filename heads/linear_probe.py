"""The linear probe of the seed study, by its protocol."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heads.array_head import ArrayHead
from heads.class_weights import ClassWeight, describe_class_weight
from heads.examples import Examples
from heads.hyperparameters import Count, Positive
from heads.scores import linear, probabilities


@dataclass(kw_only=True)
class LinearProbe(ArrayHead):
    """A linear layer on unscaled embeddings, trained with Adam; one logit for two classes.

    Parameters
    ----------
    learning_rate
        Step size of Adam.
    epochs
        Passes over the training images; the weights after the last are kept, whatever the
        validation loss.
    batch_size
        Images a step.
    class_weight
        "balanced": all classes weigh the same in the loss; None: every image does, as in the
        study, which does not mention weights.
    augment
        Show a random augmented view of each image in each epoch, never the plain one. Where
        there are no augmented views, the plain one is shown and :meth:`chosen` says so.

    Notes
    -----
    The study has two classes, and so sigmoid and cross-entropy of one output. Of more than two
    classes each has an output, with softmax; all else is the same.

    No scaling, no early stopping. The protocol does not say where the weights
    start. Here they start at zero: a convex loss needs no random start, and at this step size one
    would be most of the result (50 steps of 1e-5 move a weight by about 0.0005; a random start for
    1280 features commonly spreads 0.03).
    """

    name = "linear_probe"
    label = "linear probe"
    weights_file = "linear.safetensors"
    fitted_by = ("heads.linear_probe_training", "torch._dynamo")
    scored_augmented = True  # as the seed study does

    learning_rate: Positive = 0.00001
    epochs: Count = 10
    batch_size: Count = 32
    class_weight: ClassWeight = "balanced"
    augment: bool = True

    @property
    def imbalance(self) -> str:
        """How class imbalance is handled, in words."""
        return describe_class_weight(self.class_weight)

    def fit(self, train: Examples, validation: Examples) -> Self:  # noqa: ARG002 - epochs are fixed
        """Train on `train` for a fixed number of epochs."""
        from heads.linear_probe_training import train_linear  # noqa: PLC0415 - torch takes seconds

        n_views = train.embeddings.shape[1]
        augmented = self.augment and n_views > 1
        self.arrays_ = train_linear(self, train, views=(1, n_views) if augmented else (0, 1))
        outputs = len(self.arrays_["bias"])
        self.chosen_ = {
            "epochs": self.epochs,
            "training_views": "augmented" if augmented else "plain",
        }
        if outputs > 1:
            self.chosen_["outputs"] = f"{outputs}, one a class (the study's protocol has one)"
        return self

    def predict_proba(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of each class, shape (n_images, n_classes)."""
        bias = self.arrays_["bias"]
        # the weights of a single output are saved as a vector
        weight = self.arrays_["weight"].reshape(-1, len(bias))
        return probabilities(linear(embeddings, weight, bias))
