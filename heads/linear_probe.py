"""The linear probe of the seed study, by its protocol to the letter."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from heads.base import Head
from heads.class_weights import describe_class_weight
from heads.cross_entropy import cross_entropy, n_outputs
from heads.examples import Examples
from heads.reproducible import probability, reproducible_torch


@dataclass(kw_only=True)
class LinearProbe(Head):
    """One linear output trained with Adam on embeddings as they are; one a class of more than two.

    Parameters
    ----------
    learning_rate
        Step size of Adam.
    epochs
        Passes over the training images; the weights after the last are kept, whatever the
        validation loss.
    batch_size
        Images a step.
    augment
        Show a random augmented view of each image in each epoch, never the plain one. Where
        there are no augmented views, the plain one is shown and :meth:`chosen` says so.

    Notes
    -----
    The study has two classes, and so sigmoid and cross-entropy of one output. Of more than two
    classes each has an output, with softmax; all else is the same.

    No scaling, no class weights, no early stopping. The protocol does not say where the weights
    start. Here they start at zero: a convex loss needs no random start, and at this step size one
    would be most of the result (50 steps of 1e-5 move a weight by about 0.0005; a random start for
    1280 features commonly spreads 0.03).
    """

    name = "linear_probe"
    weights_file = "linear.safetensors"

    learning_rate: float = 0.00001
    epochs: int = 10
    batch_size: int = 32
    augment: bool = True
    weight_: torch.Tensor = field(init=False, repr=False)
    bias_: torch.Tensor = field(init=False, repr=False)

    @property
    def imbalance(self) -> str:
        """How class imbalance is handled, in words."""
        return f"{describe_class_weight(None)}, as in the seed study"

    def fit(self, train: Examples, validation: Examples) -> Self:  # noqa: ARG002 - epochs are fixed
        """Train on `train` for a fixed number of epochs."""
        n_images, n_views, n_features = train.embeddings.shape
        augmented = self.augment and n_views > 1
        first_view, end_view = (1, n_views) if augmented else (0, 1)
        embeddings = torch.from_numpy(train.embeddings)
        labels = torch.from_numpy(train.labels)
        outputs = n_outputs(int(train.labels.max()) + 1)
        # one output is a vector, so that its logits are of shape (n_images,)
        shape = (n_features,) if outputs == 1 else (n_features, outputs)
        self.weight_ = torch.zeros(shape, requires_grad=True)
        self.bias_ = torch.zeros(outputs, requires_grad=True)
        optimiser = torch.optim.Adam([self.weight_, self.bias_], lr=self.learning_rate)
        with reproducible_torch(self.seed):
            for _ in range(self.epochs):
                view = torch.randint(first_view, end_view, (n_images,))
                for batch in torch.split(torch.randperm(n_images), self.batch_size):
                    optimiser.zero_grad()
                    logits = self._logits(embeddings[batch, view[batch]])
                    torch.autograd.backward(cross_entropy(logits, labels[batch]))
                    optimiser.step()
        self.chosen_ = {
            "epochs": self.epochs,
            "training_views": "augmented" if augmented else "plain",
        }
        if outputs > 1:
            self.chosen_["outputs"] = f"{outputs}, one a class (the study's protocol has one)"
        return self

    def _logits(self, embeddings: torch.Tensor) -> torch.Tensor:
        return embeddings @ self.weight_ + self.bias_

    def _probability(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        return probability(self._logits, embeddings)

    def _save_weights(self, path: Path) -> None:
        save_file({"weight": self.weight_.detach(), "bias": self.bias_.detach()}, path)

    def _load_weights(self, path: Path) -> None:
        weights = load_file(path)
        self.weight_, self.bias_ = weights["weight"], weights["bias"]
