"""Statistics of the whole batch: with all of it in one process, what PyTorch itself computes."""

from copy import deepcopy

import pytest
import torch
import torch.distributed as dist
from timm.layers import BatchNormAct2d
from torch import nn

from pipeline.finetuning.processes.batch_norm import whole_batch_norm
from pipeline.finetuning.processes.group import ALONE, ProcessGroup


@pytest.fixture
def joined():
    """Join a group of one process; return what stands for a larger one."""
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    yield ProcessGroup(0, 2)
    dist.destroy_process_group()


LAYERS = {
    "plain": (nn.BatchNorm2d(5), (4, 5, 6, 6)),
    "with activation": (BatchNormAct2d(5), (4, 5, 6, 6)),
    "without weights": (nn.BatchNorm1d(5, affine=False), (7, 5)),
}


def passed(layer, images, weights, context):
    """Return output, gradients and statistics after a forward and a backward pass."""
    layer, images = deepcopy(layer).train(), images.clone().requires_grad_()
    with context:
        output = layer(images)
    (output.float() * weights).sum().backward()
    gradients = [each.grad for each in layer.parameters()]
    return [output.detach(), images.grad, *gradients, *layer.buffers()]


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 0.03)])
@pytest.mark.parametrize("kind", LAYERS)
def test_it_is_batch_normalisation(joined, kind, dtype, tolerance):
    layer, shape = LAYERS[kind]
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(shape, generator=generator).mul(3).add(20).to(dtype)
    weights = torch.randn(shape, generator=generator)
    found = passed(layer, images, weights, whole_batch_norm(joined, counts=True))
    expected = passed(layer, images, weights, whole_batch_norm(ALONE, counts=True))
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance)


def test_frozen_statistics_stay(joined):
    layer = nn.BatchNorm2d(3).eval()
    images = torch.rand(2, 3, 4, 4)
    with whole_batch_norm(joined, counts=True):
        assert torch.equal(layer(images), nn.BatchNorm2d(3).eval()(images))
    assert layer.running_mean.abs().sum() == 0
