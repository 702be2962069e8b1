import shutil

import numpy as np
import pytest
import torch
from torch import nn

from features.engines.compiled import Compiled
from features.engines.toolchain import missing_compiler
from features.preprocessing import Preprocessing

CPU = torch.device("cpu")
SMALL = Preprocessing(input_size=16, mean=(0.5,) * 3, std=(0.5,) * 3, interpolation="bilinear")


def test_a_missing_compiler_is_named(monkeypatch):
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert missing_compiler("cpu") == "a C++ compiler (no-such-compiler)"


@pytest.mark.skipif(missing_compiler("cpu") is not None, reason="needs a C++ compiler")
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_equals_the_network_up_to_rounding(precision):
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    ).eval()
    engine = Compiled(network, SMALL, precision=precision, device=CPU, batch_size=2)
    images = torch.randint(0, 256, (2, 1, 16, 16), dtype=torch.uint8)
    with torch.inference_mode():
        wanted = network(SMALL.normalise(images))
    assert engine.precision == precision
    tolerance = 1e-5 if precision == "fp32" else 1e-2
    np.testing.assert_allclose(engine(images), wanted, rtol=tolerance, atol=tolerance)


def test_the_usual_compiler_is_looked_for(monkeypatch):
    monkeypatch.delenv("CXX", raising=False)
    assert (missing_compiler("cpu") is None) == bool(shutil.which("g++") or shutil.which("clang++"))
