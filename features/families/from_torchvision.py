"""The classification models of torchvision, by their own names.

Weights are IMAGENET1K_V1 wherever torchvision has that version, otherwise its default.
"""

import re
from functools import cached_property
from typing import Any

import torchvision
from torch import nn
from torchvision.models import WeightsEnum, get_model, get_model_weights, list_models
from torchvision.models.inception import InceptionAux

from features.families.auxiliary import AuxiliaryBranch
from features.families.family import Family
from features.families.recipe import Recipe, load_exactly
from features.preprocessing import Preprocessing
from features.weights import State
from features.weights_files import TorchHubFile

# The weights of these two were trained on inputs of another range, to which the network itself
# maps ImageNet-normalised ones; torchvision switches that on only where it loads the weights.
_GOOGLE: dict[str, Any] = {"transform_input": True, "aux_logits": False, "init_weights": False}
_OPTIONS = {"inception_v3": _GOOGLE, "googlenet": _GOOGLE}
_INCEPTION_V3 = "AuxLogits."
_AUXILIARY = (_INCEPTION_V3, "aux1.", "aux2.")
_OLD_DENSENET_KEY = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12])\.")


class TorchvisionRecipe(Recipe):
    """A classification model of torchvision."""

    @cached_property
    def _weights(self) -> WeightsEnum:
        versions = get_model_weights(self.name)
        return versions["IMAGENET1K_V1" if "IMAGENET1K_V1" in versions.__members__ else "DEFAULT"]

    @property
    def weights_name(self) -> str:
        """The name of the weights, as torchvision spells it."""
        return str(self._weights)

    @property
    def weights_file(self) -> TorchHubFile:
        """The file that torchvision would download, pinned by the digits in its name."""
        return TorchHubFile.at(self._weights.url)

    @property
    def preprocessing(self) -> Preprocessing:
        """The transforms of the weights, less their centre crop."""
        transforms = self._weights.transforms()
        (side,) = transforms.crop_size
        return Preprocessing(
            input_size=side,
            mean=tuple(transforms.mean),
            std=tuple(transforms.std),
            interpolation=transforms.interpolation.value,
        )

    @property
    def _options(self) -> dict[str, Any]:
        if self.name.startswith("vit_"):  # the position embedding is of one size
            return {"image_size": self.preprocessing.input_size}
        return _OPTIONS.get(self.name, {})

    def build(self, state: State | None = None) -> nn.Module:
        """Return the network with an identity in place of its classifier."""
        network: nn.Module = get_model(self.name, weights=None, **self._options)
        classifier = last_layer(network)
        network.set_submodule(classifier, nn.Identity())
        if state is not None:
            left_out = (f"{classifier}.", *_AUXILIARY)
            kept = {
                _OLD_DENSENET_KEY.sub(r"\1\2.", key): tensor
                for key, tensor in state.items()
                if not key.startswith(left_out)
            }
            load_exactly(self.name, network, kept)
        return network.eval()

    def auxiliary(self, state: State | None = None) -> AuxiliaryBranch | None:
        """Return the auxiliary branch of inception_v3; untrained where `state` does not hold it."""
        if self.name != "inception_v3":
            return None
        branch = InceptionAux(in_channels=768, num_classes=1)
        n_features = branch.fc.in_features
        branch.fc = nn.Identity()
        kept = {
            key.removeprefix(_INCEPTION_V3): tensor
            for key, tensor in (state or {}).items()
            if key.startswith(_INCEPTION_V3) and not key.startswith(f"{_INCEPTION_V3}fc.")
        }
        if kept:
            load_exactly(self.name, branch, kept)
        return AuxiliaryBranch(after="Mixed_6e", module=branch.eval(), n_features=n_features)


def last_layer(network: nn.Module) -> str:
    """Return the dotted name of the last linear or convolutional layer, the classifier.

    Torchvision registers the layers of every classification model in the order they run in. In
    SqueezeNet the classifier is a 1 x 1 convolution, otherwise it is linear.
    """
    layers: list[str] = [
        name
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear | nn.Conv2d)
    ]
    return layers[-1]


class Torchvision(Family):
    """All classification models of torchvision; those of the seed study are listed."""

    listed = ("vgg19", "resnet50", "densenet121", "inception_v3")

    def others(self) -> list[str]:
        """Return the names of the others, sorted."""
        return sorted(set(list_models(module=torchvision.models)) - set(self.listed))

    def recipe(self, name: str) -> TorchvisionRecipe:
        """Return how to make one of them."""
        return TorchvisionRecipe(name)


FAMILY = Torchvision()
