"""Pretrained networks as functions from images to penultimate embeddings."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from features.families.auxiliary import AuxiliaryBranch
from features.families.family import find_recipe, listed_names, other_names
from features.families.recipe import Recipe
from features.preprocessing import Preprocessing
from features.weights import load_state, resolve, sha256_tensors
from features.weights_files import WeightsFile
from features.weights_info import (
    NOT_VERIFIED,
    PRETRAINED,
    RANDOM,
    WeightsChoice,
    WeightsInfo,
)

__all__ = ["Backbone", "LoadedBackbone", "describe", "identify", "load", "names", "other_names"]


@dataclass(frozen=True, kw_only=True)
class Backbone:
    """The description of a backbone: what can be known without its weights.

    Parameters
    ----------
    name
        As params.yaml names it.
    weights_name, weights_file
        Its pretrained weights.
    preprocessing
        The preprocessing that they were trained with.
    n_features
        Width of the penultimate embedding.
    n_parameters
        Parameters of the network without its classifier.
    """

    name: str
    weights_name: str
    weights_file: WeightsFile
    preprocessing: Preprocessing
    n_features: int
    n_parameters: int


@dataclass(frozen=True, kw_only=True)
class LoadedBackbone:
    """A backbone with its weights, ready to compute embeddings.

    Parameters
    ----------
    name
        As params.yaml names it.
    module
        In evaluation mode; maps float32 images of shape (n, 3, size, size), preprocessed, to
        embeddings of shape (n, n_features).
    preprocessing
        From pixels to the module's input.
    weights
        Name and checksum of its weights.
    n_features
        Width of the penultimate embedding.
    auxiliary
        A second way to a classifier, which takes no part in embeddings; None: it has none.
    """

    name: str
    module: nn.Module
    preprocessing: Preprocessing
    weights: WeightsInfo
    n_features: int
    auxiliary: AuxiliaryBranch | None = None


def names() -> list[str]:
    """Return the backbones that radbank lists and tests; :func:`other_names` has the rest."""
    return listed_names()


def describe(name: str) -> Backbone:
    """Describe a backbone without reading or downloading its weights.

    Raises
    ------
    RadbankError
        If no backbone has that name.
    """
    recipe = find_recipe(name)
    module = _outline(recipe)
    return Backbone(
        name=name,
        weights_name=recipe.weights_name,
        weights_file=recipe.weights_file,
        preprocessing=recipe.preprocessing,
        n_features=embedding_width(module, recipe.preprocessing.input_size),
        n_parameters=sum(parameter.numel() for parameter in module.parameters()),
    )


def identify(
    name: str, *, weights: str, seed: int
) -> tuple[WeightsInfo, Preprocessing, Path | None]:
    """Return a backbone's weights and preprocessing without loading it, and the file pinning it.

    The file is None for untrained weights, and where nothing says what the file must be.

    Raises
    ------
    RadbankError
        If the name is unknown, or the weights are nowhere or damaged.
    """
    recipe, choice = find_recipe(name), WeightsChoice.parse(weights)
    pinned = None
    if choice.source == RANDOM:
        _, info = _untrained(recipe, seed)
    else:
        path, info = _weights(recipe, choice)
        if recipe.weights_file.checksum or choice != WeightsChoice(PRETRAINED):
            pinned = path.absolute()
    return info, recipe.preprocessing, pinned


def load(name: str, *, weights: str = PRETRAINED, seed: int = 0) -> LoadedBackbone:
    """Build a backbone and give it its weights.

    Parameters
    ----------
    name
        One of :func:`names`, any classification model of torchvision, or ``timm:<name>``.
    weights
        ``"imagenet"`` for the pretrained weights, ``"random"`` for an untrained network, or the
        path of a file that holds the network's state dict (its classifier is not needed); a file
        can be pinned as :meth:`features.weights_info.WeightsChoice.parse` reads it.
    seed
        Of the untrained network; torch's global generator is left as it was.

    Raises
    ------
    RadbankError
        If the name is unknown, or the weights are nowhere, damaged or of another network.
    """
    recipe, choice = find_recipe(name), WeightsChoice.parse(weights)
    if choice.source == RANDOM:
        module, info = _untrained(recipe, seed)
        state = None
    else:
        path, info = _weights(recipe, choice)
        state = load_state(path)
        with torch.random.fork_rng(devices=[]):  # building draws initial weights
            module = recipe.build(state)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        auxiliary = recipe.auxiliary(state)
    return LoadedBackbone(
        name=name,
        module=module,
        preprocessing=recipe.preprocessing,
        weights=info,
        n_features=embedding_width(module, recipe.preprocessing.input_size),
        auxiliary=auxiliary,
    )


def _untrained(recipe: Recipe, seed: int) -> tuple[nn.Module, WeightsInfo]:
    """Build a network with random weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = recipe.build()
    sha256 = sha256_tensors(module.state_dict())
    return module, WeightsInfo(name=RANDOM, sha256=sha256, random=True)


def _weights(recipe: Recipe, choice: WeightsChoice) -> tuple[Path, WeightsInfo]:
    """Find the pretrained weights, or those of a path."""
    path, sha256, verified = resolve(recipe.name, recipe.weights_file, choice)
    name = choice.path.name if choice.path else recipe.weights_name
    named = name if verified else name + NOT_VERIFIED
    return path, WeightsInfo(name=named, sha256=sha256, random=False)


def embedding_width(module: nn.Module, input_size: int) -> int:
    """Return the number of features that a module gives for an image."""
    device = next(module.parameters()).device
    with torch.inference_mode():
        embedding = module(torch.zeros(1, 3, input_size, input_size, device=device))
    if embedding.ndim != 2:
        raise ValueError(f"expected one vector an image, got {tuple(embedding.shape)}")
    return int(embedding.shape[1])


def _outline(recipe: Recipe) -> nn.Module:
    """Return the network on torch's meta device (shapes without values), or on the CPU."""
    try:
        with torch.device("meta"):
            return recipe.build()
    except NotImplementedError:  # torchvision's RegNets compute with tensors while they are built
        with torch.random.fork_rng(devices=[]):
            return recipe.build()
