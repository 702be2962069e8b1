"""Optimisers of a whole network, with a learning rate and a weight decay a layer."""

from collections import defaultdict
from collections.abc import Iterator

import torch
from torch import nn

from pipeline.finetuning.arms.recipe import TrainingRecipe

SHARE = "share"
"""Key in a parameter group: its learning rate as a share of the schedule's."""
_LEVELS = 12  # of layers that share a rate, so that the optimiser has few groups


def make_optimiser(network: nn.Module, recipe: TrainingRecipe) -> torch.optim.Optimizer:
    """Return the recipe's optimiser of all parameters that are trained.

    The learning rate itself is for the caller to set, in each group, at each step.
    """
    if recipe.optimiser == "adam":
        everything = {"params": trained(network), SHARE: 1.0}
        return torch.optim.Adam([everything], weight_decay=recipe.weight_decay)
    groups = [
        {
            "params": parameters,
            SHARE: recipe.first_layer_rate ** (1 - depth),
            "weight_decay": recipe.weight_decay if decays else 0.0,
        }
        for (depth, decays), parameters in _by_depth(network).items()
    ]
    return torch.optim.AdamW(groups)


def trained(network: nn.Module) -> list[nn.Parameter]:
    """Return the parameters that are trained."""
    return [each for each in network.parameters() if each.requires_grad]


def _by_depth(network: nn.Module) -> dict[tuple[float, bool], list[nn.Parameter]]:
    """Group parameters by depth, from 0 (first layer) to 1 (last), and whether they decay.

    Layers are counted in the order in which the network registers them. Biases and the weights
    of normalisation, which have one dimension, do not decay.
    """
    layers = [
        own
        for module in network.modules()
        if (own := [each for each in module.parameters(recurse=False) if each.requires_grad])
    ]
    groups: dict[tuple[float, bool], list[nn.Parameter]] = defaultdict(list)
    for depth, layer in zip(_depths(len(layers)), layers, strict=True):
        for parameter in layer:
            groups[depth, parameter.ndim > 1].append(parameter)
    return groups


def _depths(n_layers: int) -> Iterator[float]:
    levels = min(_LEVELS, n_layers)
    for layer in range(n_layers):
        yield layer * levels // n_layers / max(levels - 1, 1)
