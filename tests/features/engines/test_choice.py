import subprocess
import sys
from importlib.metadata import version

import pytest
import torch
from packaging.version import Version

from features.engines import choice
from features.engines.choice import COMPILE_FROM, choose
from radbank.errors import RadbankError

MANY = 10**7


@pytest.fixture
def machine(monkeypatch):
    """Return a function that says what the machine has."""

    def has(*, openvino=True, compiler=True, bf16=True):
        monkeypatch.setattr(choice, "has_openvino", lambda: openvino)
        monkeypatch.setattr(choice, "missing_compiler", lambda _: None if compiler else "a tool")
        monkeypatch.setattr(choice, "cpu_has_bf16", lambda: bf16)
        monkeypatch.setattr(choice, "bf16_is_faster", lambda: bf16)
        monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda including_emulation: bf16)

    return has


@pytest.mark.parametrize(
    ("device", "n_images", "has", "engine", "precision"),
    [
        ("cpu", 1, {}, "openvino", "bf16"),
        ("cpu", MANY, {}, "openvino", "bf16"),
        ("cpu", 1, {"bf16": False}, "openvino", "fp32"),
        ("cpu", COMPILE_FROM["cpu"] - 1, {"openvino": False}, "eager", "bf16"),
        ("cpu", COMPILE_FROM["cpu"], {"openvino": False}, "compile", "bf16"),
        ("cpu", MANY, {"openvino": False, "compiler": False}, "eager", "bf16"),
        ("cuda", COMPILE_FROM["cuda"] - 1, {}, "eager", "bf16"),
        ("cuda", COMPILE_FROM["cuda"], {}, "compile", "bf16"),
        ("cuda", 1, {"bf16": False}, "eager", "fp16"),
    ],
)
def test_auto(machine, device, n_images, has, engine, precision):
    machine(**has)
    chosen = choose("auto", "auto", device=device, n_images=n_images)
    assert (chosen.engine, chosen.precision) == (engine, precision)
    assert chosen.reason
    assert str(chosen).startswith(f"{engine} in {precision}: ")


@pytest.mark.parametrize("engine", ["openvino", "compile", "eager"])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_what_is_asked_is_chosen(machine, engine, precision):
    machine()
    chosen = choose(engine, precision, device="cpu", n_images=1)
    assert (chosen.engine, chosen.precision, chosen.reason) == (engine, precision, "as asked")


@pytest.mark.parametrize(
    ("engine", "precision", "device", "has", "said"),
    [
        ("openvino", "auto", "cpu", {"openvino": False}, "openvino is not installed"),
        ("openvino", "auto", "cuda", {}, "runs on the CPU"),
        ("compile", "auto", "cpu", {"compiler": False}, "needs a tool"),
        ("openvino", "bf16", "cpu", {"bf16": False}, "this CPU does not compute in bf16"),
        ("auto", "bf16", "cpu", {"bf16": False}, "this CPU does not compute in bf16"),
        ("eager", "fp16", "cpu", {}, "fp16 is for GPUs"),
    ],
)
def test_what_cannot_be_is_refused(machine, engine, precision, device, has, said):
    machine(**has)
    with pytest.raises(RadbankError, match=said):
        choose(engine, precision, device=device, n_images=1)


def test_an_unknown_name_is_a_bug():
    with pytest.raises(ValueError, match="steam"):
        choose("steam", "auto", device="cpu", n_images=1)


def run(program, **environment):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={"PYTHONPATH": ":".join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


CHOOSE = (
    "import sys; from features.engines.choice import choose;"
    "chosen = choose('auto', 'auto', device='cpu', n_images=9);"
    "print(chosen.engine, chosen.precision, 'torch' in sys.modules)"
)


def test_a_choice_needs_no_torch():
    engine, _, with_torch = run(CHOOSE)
    assert engine == "openvino"
    assert with_torch == "False"


@pytest.mark.skipif(torch.backends.cpu.get_cpu_capability() == "DEFAULT", reason="no AVX here")
@pytest.mark.skipif(
    Version(version("openvino").split("-")[0]) < Version("2026.4"),
    reason="OpenVINO obeys OV_CPU_MAX_ISA from 2026.4 on",
)
def test_an_older_chip_computes_in_fp32():
    assert run(CHOOSE, OV_CPU_MAX_ISA="AVX2")[:2] == ["openvino", "fp32"]
