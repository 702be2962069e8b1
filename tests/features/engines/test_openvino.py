import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from features.engines import openvino
from features.engines.choice import cpu_has_bf16
from features.engines.openvino import OpenVINO
from features.layers import LayerEmbedding
from features.preprocessing import Preprocessing
from radbank.errors import RadbankError

CPU = torch.device("cpu")
SMALL = Preprocessing(input_size=16, mean=(0.5,) * 3, std=(0.5,) * 3, interpolation="bilinear")


def engine_for(module, preprocessing=SMALL, precision="fp32", batch_size=2):
    return OpenVINO(module, preprocessing, precision=precision, device=CPU, batch_size=batch_size)


@pytest.mark.parametrize("layers", [["penultimate"], ["blocks.1", "penultimate"]])
def test_equals_the_network_up_to_rounding(backbone, layers):
    network = LayerEmbedding(backbone, layers)
    engine = engine_for(network, backbone.preprocessing)
    side = backbone.preprocessing.input_size
    images = torch.randint(0, 256, (2, 1, side, side), dtype=torch.uint8)
    with torch.inference_mode():
        wanted = network(backbone.preprocessing.normalise(images))
    assert engine.precision == "fp32"
    np.testing.assert_allclose(engine(images), wanted, rtol=1e-4, atol=1e-5)


def test_the_precision_is_that_of_the_layers_as_they_run(backbone):
    if not cpu_has_bf16():
        pytest.skip("this CPU does not compute in bf16")
    network = LayerEmbedding(backbone, ["penultimate"])
    engine = engine_for(network, backbone.preprocessing, "bf16", 1)
    assert engine.precision == "bf16"


def test_a_precision_that_is_not_given_is_refused(monkeypatch):
    monkeypatch.setattr(openvino, "_precision_of", lambda model: "fp32")
    with pytest.raises(RadbankError, match="asked to compute in bf16 and computes in fp32"):
        engine_for(nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten()), precision="bf16")


class Unheard(nn.Module):
    """A layer that looks at its input's numbers to decide, which no graph can hold."""

    def forward(self, images):
        return images.mean((2, 3)) if images.sum() > 0 else images.amax((2, 3))


def test_a_network_that_cannot_be_converted_is_refused():
    with pytest.raises(RadbankError, match=r"cannot run this network \(.+set features.engine to"):
        engine_for(Unheard())


def test_nothing_is_reported_to_openvinos_makers(tmp_path):
    """Its telemetry keeps its files in the home folder and opens a connection on import."""
    program = """
import sys, socket
def refuse(*_): raise AssertionError("a connection")
socket.socket.connect = socket.getaddrinfo = refuse
from features.engines.toolchain import load_openvino
openvino = load_openvino()
from openvino.tools.ovc import telemetry_utils
assert "stub" in telemetry_utils.tm.__name__, telemetry_utils.tm
import numpy
parameter = openvino.opset8.parameter([1], numpy.float32)
openvino.Core().compile_model(openvino.Model([parameter], [parameter], "m"), "CPU")
assert not [name for name in sys.modules if name.startswith("openvino_telemetry.")]
"""
    subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={**os.environ, "PYTHONPATH": ":".join(sys.path), "HOME": str(tmp_path)},
        check=True,
    )
    assert not list(tmp_path.iterdir())
