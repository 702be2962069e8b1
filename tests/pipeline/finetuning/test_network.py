import numpy as np
import pytest
import timm
import torch

from features import backbones
from pipeline.finetuning.network import WEIGHTS_FILE, build_network, save_weights
from radbank.errors import RadbankError


def test_a_new_layer_of_one_output_is_drawn_from_the_seed(backbone):
    first, again, other = (
        build_network(backbone, n_classes=2, image_size=None, seed=s) for s in (1, 1, 2)
    )
    assert first.classify.weight.shape == (1, 32)
    torch.testing.assert_close(first.classify.weight, again.classify.weight, rtol=0, atol=0)
    assert not torch.equal(first.classify.weight, other.classify.weight)
    assert first.classify.weight.abs().max() <= 32**-0.5


def test_all_layers_can_be_trained(network):
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_weights_lie_channels_last_whatever_is_read_into_them(network, tmp_path):
    save_weights(network.state_dict(), tmp_path)
    network.restore(tmp_path)
    convolution = network.embed[0]
    assert convolution.weight.is_contiguous(memory_format=torch.channels_last)
    images = network.images(np.zeros((2, 16, 16), np.uint8))
    assert convolution(images).is_contiguous(memory_format=torch.channels_last)


def test_the_input_size_is_ours_to_choose(backbone):
    network = build_network(backbone, n_classes=2, image_size=24, seed=1)
    assert network.images(np.zeros((2, 9, 9), np.uint8)).shape == (2, 3, 24, 24)
    assert backbone.preprocessing.input_size == 16


@pytest.mark.skipif("test_vit_relpos" not in timm.list_models(), reason="timm is older")
def test_a_network_of_one_size_says_so():
    vit = backbones.load("timm:test_vit_relpos", weights="random")
    with pytest.raises(RadbankError, match=r"cannot take images of 64 .* finetune.image_size"):
        build_network(vit, n_classes=2, image_size=64, seed=1)


def test_a_size_too_small_is_refused(backbone):
    with pytest.raises(RadbankError, match="tiny cannot take images of 2 pixels"):
        build_network(backbone, n_classes=2, image_size=2, seed=1)


def test_weights_come_back(backbone, network, tmp_path):
    save_weights(network.state_dict(), tmp_path)
    other = build_network(backbone, n_classes=2, image_size=None, seed=9)
    other.restore(tmp_path)
    for name, value in network.state_dict().items():
        torch.testing.assert_close(other.state_dict()[name], value, rtol=0, atol=0)


def test_weights_of_another_network_are_refused(network, tmp_path):
    save_weights({"classify.weight": torch.zeros(1, 7)}, tmp_path)
    with pytest.raises(RadbankError, match="of another network"):
        network.restore(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"\0" * 100], ids=["missing", "empty", "zeros"])
def test_weights_that_are_missing_or_damaged_are_refused(network, tmp_path, content):
    if content is not None:
        (tmp_path / WEIGHTS_FILE).write_bytes(content)
    with pytest.raises(RadbankError, match=r"dvc repro finetune"):
        network.restore(tmp_path)
