from types import SimpleNamespace

import pytest

from features.engines import choice
from pipeline.prediction import engine
from pipeline.prediction.engine import means_for


def model(name, precision, device):
    return SimpleNamespace(engine=name, precision=precision, device=device)


@pytest.fixture
def machine(monkeypatch):
    """Return a function that says what the machine has."""

    def has(*, device="cpu", openvino=True, bf16=True):
        monkeypatch.setattr(engine, "device_type", lambda: device)
        monkeypatch.setattr(choice, "has_openvino", lambda: openvino)
        monkeypatch.setattr(choice, "missing_compiler", lambda _: "a C++ compiler (g++)")
        monkeypatch.setattr(choice, "cpu_has_bf16", lambda: bf16)
        monkeypatch.setattr(choice, "bf16_is_faster", lambda: bf16)
        monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda including_emulation: bf16)

    return has


@pytest.mark.parametrize(
    ("then", "has"),
    [
        (("openvino", "bf16", "cpu"), {}),
        (("openvino", "bf16", "cpu"), {"device": "cuda"}),  # a GPU does not hide the CPU
        (("eager", "fp32", "cpu"), {"openvino": False}),
        (("eager", "fp16", "cuda"), {"device": "cuda"}),
    ],
)
def test_the_means_of_the_training_are_used_where_they_are(machine, then, has):
    machine(**has)
    means = means_for(model(*then))
    assert (means.engine, means.precision, means.device) == then
    assert means.caution is None


@pytest.mark.parametrize(
    ("then", "has", "now"),
    [
        (("openvino", "bf16", "cpu"), {"openvino": False}, ("eager", "bf16", "cpu")),
        (("openvino", "bf16", "cpu"), {"bf16": False}, ("openvino", "fp32", "cpu")),
        (("compile", "fp32", "cpu"), {}, ("openvino", "fp32", "cpu")),
        (("eager", "bf16", "cuda"), {}, ("eager", "bf16", "cpu")),
        (("compile", "fp16", "cuda"), {}, ("openvino", "bf16", "cpu")),
    ],
)
def test_others_are_used_with_a_caution(machine, then, has, now):
    machine(**has)
    means = means_for(model(*then))
    assert (means.engine, means.precision, means.device) == now
    assert "trained on embeddings by engine {} in {} on {},".format(*then) in means.caution
    assert "these are by {} in {} on {},".format(*now) in means.caution
