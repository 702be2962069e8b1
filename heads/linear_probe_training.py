"""Training of the head linear_probe, in torch."""

from typing import TYPE_CHECKING

import torch

from heads.array_head import Arrays
from heads.class_weights import class_weights
from heads.cross_entropy import cross_entropy
from heads.examples import Examples
from heads.reproducible import reproducible_torch
from heads.scores import n_outputs

if TYPE_CHECKING:
    from heads.linear_probe import LinearProbe


def train_linear(settings: "LinearProbe", train: Examples, views: tuple[int, int]) -> Arrays:
    """Train linear outputs with Adam for a fixed number of epochs.

    Parameters
    ----------
    settings
        The head, for its hyperparameters.
    train
        Images of every class.
    views
        First view to show, and the one after the last.

    Returns
    -------
    dict
        `weight`, shape (n_features,) of one output or (n_features, n_outputs), and `bias`, shape
        (n_outputs,).
    """
    n_images, _, n_features = train.embeddings.shape
    embeddings = torch.from_numpy(train.embeddings)
    labels = torch.from_numpy(train.labels)
    weight_of = torch.from_numpy(class_weights(train.labels, settings.class_weight)).float()
    outputs = n_outputs(len(weight_of))
    # one output is a vector, so that its logits are of shape (n_images,)
    shape = (n_features,) if outputs == 1 else (n_features, outputs)
    weight = torch.zeros(shape, requires_grad=True)
    bias = torch.zeros(outputs, requires_grad=True)
    optimiser = torch.optim.Adam([weight, bias], lr=settings.learning_rate)
    with reproducible_torch(settings.seed):
        for _ in range(settings.epochs):
            view = torch.randint(*views, (n_images,))
            for batch in torch.split(torch.randperm(n_images), settings.batch_size):
                optimiser.zero_grad()
                logits = embeddings[batch, view[batch]] @ weight + bias
                torch.autograd.backward(cross_entropy(logits, labels[batch], weight_of))
                optimiser.step()
    return {"weight": weight.detach().numpy(), "bias": bias.detach().numpy()}
