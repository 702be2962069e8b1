"""Networks of one hidden layer, each stopped when its validation loss no longer falls."""

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

from heads.base import Head
from heads.class_weights import ClassWeight, class_weights, describe_class_weight, weighted_log_loss
from heads.cross_entropy import cross_entropy, n_outputs
from heads.examples import Examples
from heads.reproducible import probability, reproducible_torch
from radbank.progress import track


class Network(nn.Module):
    """Standardise, one hidden layer with ReLU and dropout, logits.

    Parameters
    ----------
    n_features
        Width of an embedding.
    hidden
        Width of the hidden layer.
    dropout
        Share of hidden units switched off in training.
    outputs
        Logits: one for two classes, else one for each class.
    """

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, n_features: int, hidden: int, dropout: float, outputs: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(n_features))
        self.register_buffer("scale", torch.ones(n_features))
        self.layers = nn.Sequential(
            nn.Linear(n_features, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, outputs),
        )

    def forward(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Map (n, n_features) to logits of shape (n,), or (n, outputs) where there are several."""
        logits: torch.Tensor = self.layers((embeddings - self.mean) / self.scale)
        return logits.squeeze(1)


@dataclass(kw_only=True)
class MLP(Head):
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
    weights_file = "networks.safetensors"

    members: int = 3
    hidden: int = 128
    dropout: float = 0.3
    learning_rate: float = 0.001
    weight_decay: float = 0.01
    batch_size: int = 64
    max_epochs: int = 100
    patience: int = 10
    class_weight: ClassWeight = "balanced"
    augment: bool = True
    networks_: nn.ModuleList = field(init=False, repr=False)

    @property
    def imbalance(self) -> str:
        """How class imbalance is handled, in words."""
        return describe_class_weight(self.class_weight)

    def fit(self, train: Examples, validation: Examples) -> Self:
        """Train every member on `train` until its loss on `validation` stops falling."""
        members = range(self.members)
        with reproducible_torch(self.seed):
            shown = track(members, self.name, total=self.members, unit="networks")
            fitted = [self._fit_one(train, validation) for _ in shown]
        self.networks_ = nn.ModuleList(network for network, _ in fitted)
        weight_of = class_weights(train.labels, self.class_weight)
        self.chosen_ = {
            "epochs": ", ".join(str(epochs) for _, epochs in fitted),
            "validation_log_loss": weighted_log_loss(
                self.predict_proba(validation.plain), validation.labels, weight_of
            ),
        }
        return self

    def _fit_one(self, train: Examples, validation: Examples) -> tuple[Network, int]:
        """Return a network with the weights of its best epoch, and that epoch."""
        n_images, n_views, n_features = train.embeddings.shape
        weight_of = torch.from_numpy(class_weights(train.labels, self.class_weight)).float()
        embeddings = torch.from_numpy(train.embeddings)
        labels = torch.from_numpy(train.labels)
        held_out, held_out_labels = map(torch.from_numpy, (validation.plain, validation.labels))

        network = Network(n_features, self.hidden, self.dropout, n_outputs(len(weight_of)))
        rows = train.views_as_rows() if self.augment else train
        scaler = StandardScaler().fit(rows.plain.astype(np.float64))
        network.mean.copy_(torch.from_numpy(scaler.mean_))
        network.scale.copy_(torch.from_numpy(scaler.scale_))
        optimiser = torch.optim.AdamW(
            network.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )

        best_loss, best_epoch, best_weights = float("inf"), 0, network.state_dict()
        for epoch in range(1, self.max_epochs + 1):
            network.train()
            view = torch.randint(n_views if self.augment else 1, (n_images,))
            for batch in torch.split(torch.randperm(n_images), self.batch_size):
                optimiser.zero_grad()
                logits = network(embeddings[batch, view[batch]])
                loss = cross_entropy(logits, labels[batch], weight_of)
                torch.autograd.backward(loss)
                optimiser.step()
            network.eval()
            with torch.inference_mode():
                held_out_loss = cross_entropy(network(held_out), held_out_labels, weight_of).item()
            if held_out_loss < best_loss:
                best_loss, best_epoch = held_out_loss, epoch
                best_weights = deepcopy(network.state_dict())
            elif epoch - best_epoch >= self.patience:
                break
        network.load_state_dict(best_weights)
        return network, best_epoch

    def _probability(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        each = [probability(network, embeddings) for network in self.networks_]
        mean: NDArray[np.float64] = np.mean(each, axis=0)
        return mean

    def _save_weights(self, path: Path) -> None:
        save_file(self.networks_.state_dict(), path)

    def _load_weights(self, path: Path) -> None:
        weights = load_file(path)
        outputs = len(weights["0.layers.3.bias"])
        with reproducible_torch(self.seed):
            self.networks_ = nn.ModuleList(
                Network(len(weights["0.mean"]), self.hidden, self.dropout, outputs)
                for _ in range(self.members)
            ).eval()
        self.networks_.load_state_dict(weights)
