"""A network of one hidden layer, stopped when the validation loss no longer falls."""

from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.nn import functional

from heads.base import ClassWeight, Examples, Head, class_weights, describe_class_weight
from heads.reproducible import probability, reproducible_torch
from radbank.progress import track


class Network(nn.Module):
    """Standardise, one hidden layer with ReLU and dropout, one logit.

    Parameters
    ----------
    n_features
        Width of an embedding.
    hidden
        Width of the hidden layer.
    dropout
        Share of hidden units switched off in training.
    """

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, n_features: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(n_features))
        self.register_buffer("scale", torch.ones(n_features))
        self.layers = nn.Sequential(
            nn.Linear(n_features, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 1)
        )

    def forward(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Map (n, n_features) to logits of shape (n,)."""
        logits: torch.Tensor = self.layers((embeddings - self.mean) / self.scale)
        return logits.squeeze(1)


@dataclass(kw_only=True)
class MLP(Head):
    """Multi-layer perceptron on standardised embeddings, trained with AdamW on the CPU.

    Parameters
    ----------
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
        "balanced": both classes weigh the same in the loss; None: every image does.
    augment
        Show a random view of each image (the plain one included) in each epoch instead of the
        plain one. Validation is always plain.
    """

    name = "mlp"
    weights_file = "network.safetensors"

    hidden: int = 128
    dropout: float = 0.3
    learning_rate: float = 0.001
    weight_decay: float = 0.01
    batch_size: int = 64
    max_epochs: int = 100
    patience: int = 10
    class_weight: ClassWeight = "balanced"
    augment: bool = True
    network_: Network = field(init=False, repr=False)

    @property
    def imbalance(self) -> str:
        """How class imbalance is handled, in words."""
        return describe_class_weight(self.class_weight)

    def fit(self, train: Examples, validation: Examples) -> Self:
        """Train on `train` until the loss on `validation` stops falling."""
        with reproducible_torch(self.seed):
            self._fit(train, validation)
        return self

    def _fit(self, train: Examples, validation: Examples) -> None:
        n_images, n_views, n_features = train.embeddings.shape
        weight_of = torch.from_numpy(class_weights(train.labels, self.class_weight)).float()
        embeddings = torch.from_numpy(train.embeddings)
        labels = torch.from_numpy(train.labels)
        held_out, held_out_labels = map(torch.from_numpy, (validation.plain, validation.labels))

        network = Network(n_features, self.hidden, self.dropout)
        rows = train.views_as_rows() if self.augment else train
        scaler = StandardScaler().fit(rows.plain.astype(np.float64))
        network.mean.copy_(torch.from_numpy(scaler.mean_))
        network.scale.copy_(torch.from_numpy(scaler.scale_))
        optimiser = torch.optim.AdamW(
            network.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )

        best_loss, best_epoch, best_weights = float("inf"), 0, network.state_dict()
        epochs = range(1, self.max_epochs + 1)
        for epoch in track(epochs, self.name, total=self.max_epochs, unit="epochs"):
            network.train()
            view = torch.randint(n_views if self.augment else 1, (n_images,))
            for batch in torch.split(torch.randperm(n_images), self.batch_size):
                optimiser.zero_grad()
                logits = network(embeddings[batch, view[batch]])
                torch.autograd.backward(_loss(logits, labels[batch], weight_of))
                optimiser.step()
            network.eval()
            with torch.inference_mode():
                loss = _loss(network(held_out), held_out_labels, weight_of).item()
            if loss < best_loss:
                best_loss, best_epoch = loss, epoch
                best_weights = deepcopy(network.state_dict())
            elif epoch - best_epoch >= self.patience:
                break
        network.load_state_dict(best_weights)
        self.network_ = network
        self.chosen_ = {"epochs": best_epoch, "validation_log_loss": best_loss}

    def _probability(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        return probability(self.network_, embeddings)

    def _save_weights(self, path: Path) -> None:
        save_file(self.network_.state_dict(), path)

    def _load_weights(self, path: Path) -> None:
        weights = load_file(path)
        with reproducible_torch(self.seed):
            self.network_ = Network(len(weights["mean"]), self.hidden, self.dropout).eval()
        self.network_.load_state_dict(weights)


def _loss(logits: torch.Tensor, labels: torch.Tensor, weight_of: torch.Tensor) -> torch.Tensor:
    """Return the mean cross-entropy of a batch, weighted by class."""
    return functional.binary_cross_entropy_with_logits(
        logits, labels.float(), weight=weight_of[labels]
    )
