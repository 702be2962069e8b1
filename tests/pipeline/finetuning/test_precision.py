import pytest
import torch
from torch import nn

from pipeline.finetuning.precision import Precision, exact_fp32

CPU = torch.device("cpu")


@pytest.mark.parametrize(("faster", "name"), [(True, "bf16"), (False, "fp32")])
def test_auto_is_bf16_where_the_cpu_is_faster_in_it(faster, name, monkeypatch):
    monkeypatch.setattr("pipeline.finetuning.precision.bf16_is_faster", lambda: faster)
    found = Precision.of("auto", CPU)
    assert found.name == name
    assert "CPU is faster in bf16" in str(found)


@pytest.mark.parametrize(("supported", "name"), [(True, "bf16"), (False, "fp32")])
def test_auto_is_bf16_on_a_gpu_that_computes_in_it(supported, name, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "torch.cuda.is_bf16_supported",
        lambda including_emulation: asked.append(including_emulation) or supported,
    )
    assert Precision.of("auto", torch.device("cuda")).name == name
    assert asked == [False]


@pytest.mark.parametrize("name", ["fp32", "bf16"])
def test_a_precision_by_name_is_taken_anywhere(name, monkeypatch):
    monkeypatch.setattr("pipeline.finetuning.precision.bf16_is_faster", lambda: name == "fp32")
    assert Precision.of(name, CPU).name == name


def test_an_unknown_precision_is_refused():
    with pytest.raises(ValueError, match="'fp16'"):
        Precision.of("fp16", CPU)


def test_bf16_is_in_the_products_and_nowhere_else():
    layer = nn.Linear(4, 2)
    with Precision.of("bf16", CPU).autocast():
        out = layer(torch.ones(3, 4))
    assert out.dtype == torch.bfloat16
    out.float().sum().backward()
    assert layer.weight.dtype == layer.weight.grad.dtype == torch.float32
    with Precision.of("fp32", CPU).autocast():
        assert layer(torch.ones(3, 4)).dtype == torch.float32


def test_fp32_is_without_tf32_inside_and_as_before_outside():
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("medium")
    try:
        with exact_fp32():
            assert torch.get_float32_matmul_precision() == "highest"
            assert not torch.backends.cuda.matmul.allow_tf32
            assert not torch.backends.cudnn.allow_tf32
            assert torch.backends.cudnn.deterministic
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision(before[0])
    assert torch.backends.cudnn.allow_tf32 == before[1]
