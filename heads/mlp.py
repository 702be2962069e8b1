"""Multi-layer perceptrons with early stopping on the validation loss."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from heads.array_head import ArrayHead
from heads.class_weights import ClassWeight, class_weights, describe_class_weight, weighted_log_loss
from heads.examples import Examples
from heads.hyperparameters import Count, NotNegative, Positive, Share
from heads.scores import linear, probabilities
from radbank.progress import track

_ARRAYS = (
    "mean",
    "scale",
    "layers.0.weight",
    "layers.0.bias",
    "layers.3.weight",
    "layers.3.bias",
)


@dataclass(kw_only=True)
class MLP(ArrayHead):
    """Multi-layer perceptrons on standardised embeddings, trained with AdamW on the CPU.

    Parameters
    ----------
    members
        Networks trained from other random starts, whose probabilities are averaged.
    hidden
        Width of the hidden layer.
    dropout
        Share of hidden units switched off in training.
    learning_rate
        Step size of AdamW.
    weight_decay
        Decoupled weight decay of AdamW (Loshchilov and Hutter, 2019).
    batch_size
        Images a step.
    max_epochs
        Passes over the training images at most.
    patience
        Epochs without a smaller validation loss before training stops; the weights of the epoch
        with the smallest are kept.
    class_weight
        "balanced": all classes weigh the same in the loss; None: every image does.
    augment
        Show a random view of each image (the plain one included) in each epoch instead of the
        plain one. Validation is always plain.
    """

    name = "mlp"
    label = "MLP"
    weights_file = "networks.safetensors"
    fitted_by = ("heads.mlp_training", "heads.reproducible", "torch._dynamo")

    members: Count = 1
    hidden: Count = 128
    dropout: Share = 0.3
    learning_rate: Positive = 0.001
    weight_decay: NotNegative = 0.01
    batch_size: Count = 64
    max_epochs: Count = 100
    patience: Count = 10
    class_weight: ClassWeight = "balanced"
    augment: bool = True

    @property
    def imbalance(self) -> str:
        """How class imbalance is handled, in words."""
        return describe_class_weight(self.class_weight)

    @property
    def networks(self) -> int:
        """How many networks answer together."""
        return self.members

    def fit(self, train: Examples, validation: Examples) -> Self:
        """Train every member on `train` until its loss on `validation` stops falling."""
        from heads.mlp_training import train_network  # noqa: PLC0415 - torch takes seconds
        from heads.reproducible import reproducible_torch  # noqa: PLC0415 - likewise

        members = range(self.members)
        with reproducible_torch(self.seed):
            shown = track(members, self.name, total=self.members, unit="networks")
            fitted = [train_network(self, train, validation) for _ in shown]
        self.arrays_ = {
            f"{member}.{name}": array
            for member, (network, _) in enumerate(fitted)
            for name, array in network.items()
        }
        weight_of = class_weights(train.labels, self.class_weight)
        self.chosen_ = {
            "epochs": ", ".join(str(epochs) for _, epochs in fitted),
            "validation_log_loss": weighted_log_loss(
                self.predict_proba(validation.plain), validation.labels, weight_of
            ),
        }
        return self

    def predict_proba(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the mean of the networks' probabilities, shape (n_images, n_classes)."""
        each = [self._probability_of(member, embeddings) for member in range(self.members)]
        mean: NDArray[np.float64] = np.mean(each, axis=0)
        return mean

    def _probability_of(self, member: int, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probabilities of one network, shape (n_images, n_classes)."""
        mean, scale, inner, inner_bias, outer, outer_bias = (
            self.arrays_[f"{member}.{name}"].astype(np.float64) for name in _ARRAYS
        )
        hidden = linear((embeddings - mean) / scale, inner.T, inner_bias)
        return probabilities(linear(np.maximum(hidden, 0), outer.T, outer_bias))
