"""One convolution: a backbone for tests, whose weights lie beside this file."""

from pathlib import Path

from torch import nn

from features.families.family import Family
from features.families.recipe import Recipe, load_exactly
from features.preprocessing import Preprocessing
from features.weights import State
from features.weights_files import PackageFile

_SHA256 = "48f05246498fa8871dde349cf8ad9e19bfa614fdf833161f604b7f708ab5db91"


class TinyRecipe(Recipe):
    weights_name = "tiny.first"
    weights_file = PackageFile("tiny.safetensors", _SHA256, __name__, "TinyRecipe")
    preprocessing = Preprocessing(
        input_size=64, mean=3 * (0.5,), std=3 * (0.25,), interpolation="bilinear"
    )

    @staticmethod
    def get_model_file_path() -> Path:
        return Path(__file__).parent / "tiny.safetensors"

    def build(self, state: State | None = None) -> nn.Module:
        layers = nn.Conv2d(3, 32, 5, stride=4), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten()
        network = nn.Sequential(*layers).eval()
        if state is not None:
            load_exactly(self.name, network, state)
        return network


class Tiny(Family):
    listed = ("tiny",)
    recipe = staticmethod(TinyRecipe)


FAMILY = Tiny()
