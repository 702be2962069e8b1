"""Training of the networks of the head mlp, in torch."""

from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn

from heads.array_head import Arrays
from heads.class_weights import class_weights
from heads.cross_entropy import cross_entropy
from heads.examples import Examples
from heads.scores import n_outputs

if TYPE_CHECKING:
    from heads.mlp import MLP


class HiddenLayerNetwork(nn.Module):
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


def train_network(settings: "MLP", train: Examples, validation: Examples) -> tuple[Arrays, int]:
    """Train one network; torch's global generator draws its initial weights and batches.

    Parameters
    ----------
    settings
        The head, for its hyperparameters.
    train, validation
        Images of every class; the loss on `validation` decides when to stop.

    Returns
    -------
    arrays
        The weights of the best epoch, by name.
    epoch
        That epoch, from 1.
    """
    n_images, n_views, n_features = train.embeddings.shape
    weight_of = torch.from_numpy(class_weights(train.labels, settings.class_weight)).float()
    embeddings = torch.from_numpy(train.embeddings)
    labels = torch.from_numpy(train.labels)
    held_out, held_out_labels = map(torch.from_numpy, (validation.plain, validation.labels))

    outputs = n_outputs(len(weight_of))
    network = HiddenLayerNetwork(n_features, settings.hidden, settings.dropout, outputs)
    rows = train.views_as_rows() if settings.augment else train
    scaler = StandardScaler().fit(rows.plain.astype(np.float64))
    network.mean.copy_(torch.from_numpy(scaler.mean_))
    network.scale.copy_(torch.from_numpy(scaler.scale_))
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )

    best_loss, best_epoch, best_weights = float("inf"), 0, network.state_dict()
    for epoch in range(1, settings.max_epochs + 1):
        network.train()
        view = torch.randint(n_views if settings.augment else 1, (n_images,))
        for batch in torch.split(torch.randperm(n_images), settings.batch_size):
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
        elif epoch - best_epoch >= settings.patience:
            break
    return {name: tensor.numpy().copy() for name, tensor in best_weights.items()}, best_epoch
