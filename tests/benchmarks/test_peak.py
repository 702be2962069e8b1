import torch
from torch import nn

from benchmarks.peak import operations_a_second, operations_of
from features.backbones import LoadedBackbone
from features.preprocessing import Preprocessing
from features.weights_info import WeightsInfo


def test_operations_are_multiplications_and_additions():
    network = nn.Sequential(nn.Conv2d(3, 4, 5), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    backbone = LoadedBackbone(
        name="small",
        module=network,
        preprocessing=Preprocessing(
            input_size=12,
            mean=(0.5, 0.5, 0.5),
            std=(0.5, 0.5, 0.5),
            interpolation="bilinear",
        ),
        weights=WeightsInfo(name="random", sha256="0" * 64, random=True),
        n_features=4,
    )
    pixels, kernel = (12 - 4) ** 2, 3 * 5 * 5
    assert operations_of(backbone) == 2 * pixels * 4 * kernel


def test_a_machine_multiplies(monkeypatch):
    monkeypatch.setattr("benchmarks.peak._ROWS", 64)
    assert operations_a_second(torch.float32, torch.device("cpu")) > 0
