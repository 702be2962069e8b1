from dataclasses import replace

import pytest
import torch
from torch import nn

from features.backbones import load
from features.cut import cut
from radbank.errors import RadbankError

SIDE = 96


def loaded(name):
    backbone = load(name, weights="random")
    side = backbone.preprocessing.input_size if name.startswith("timm:") else SIDE
    return replace(backbone, preprocessing=replace(backbone.preprocessing, input_size=side))


def images_for(backbone):
    side = backbone.preprocessing.input_size
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0))


def with_module(module):
    return replace(loaded("resnet18"), module=module.eval())


@pytest.mark.parametrize(
    ("name", "blocks", "before"),
    [
        ("vgg11", 1, "features.16"),
        ("vgg11", 2, "features.11"),
        ("resnet50", 1, "layer4.2"),
        ("resnet50", 3, "layer4.0"),
        ("densenet121", 1, "features.denseblock4"),
        ("inception_v3", 2, "Mixed_7b"),
        ("efficientnet_lite0", 1, "blocks.6.0"),
        ("efficientnet_lite1", 2, "blocks.5.4"),
        ("efficientnet_lite2", 3, "blocks.5.3"),
        ("mobilenet_v3_small", 2, "features.10"),
        ("swin_t", 1, "features.7.1"),
        ("timm:mobilenetv1_100", 1, "blocks.4.0.conv_dw"),
        ("timm:test_vit", 1, "blocks.5"),
        ("timm:test_convnext", 1, "stages.3.blocks.1"),
    ],
)
def test_trunk_and_tail_together_are_the_network(name, blocks, before):
    backbone = loaded(name)
    images = images_for(backbone)
    parts = cut(backbone, blocks=blocks)
    assert parts.before == before
    with torch.inference_mode():
        activations = parts.trunk(images)
        assert activations.shape == (2, *parts.shape)
        assert torch.equal(parts.tail(activations), backbone.module(images))


def test_the_tail_holds_the_networks_own_last_blocks():
    backbone = loaded("resnet18")
    parts = cut(backbone, blocks=1)
    own = {id(each) for each in backbone.module.layer4[1].parameters()}
    assert {id(each) for each in parts.tail.parameters()} == own
    assert own.isdisjoint(id(each) for each in parts.trunk.parameters())


def test_to_train_the_tail_is_to_train_the_network():
    backbone = loaded("resnet18")
    parts = cut(backbone, blocks=1)
    images = images_for(backbone)
    before = backbone.module(images)
    optimiser = torch.optim.SGD(parts.tail.parameters(), lr=0.1)
    parts.tail(parts.trunk(images).detach()).sum().backward()
    optimiser.step()
    after = backbone.module(images)
    assert not torch.equal(after, before)
    assert torch.equal(parts.tail(parts.trunk(images)), after)


def test_more_blocks_than_there_are_are_refused_with_their_number():
    with pytest.raises(RadbankError, match="resnet18 can be cut before its last 8 blocks at most"):
        cut(loaded("resnet18"), blocks=9)


def test_a_network_that_branches_throughout_cannot_be_cut():
    class Ladder(nn.Module):
        def __init__(self):
            super().__init__()
            self.left, self.right = nn.Conv2d(3, 4, 3), nn.Conv2d(3, 4, 3)

        def forward(self, images):
            return (self.left(images) + self.right(images)).mean(dim=(2, 3))

    with pytest.raises(RadbankError, match="before its last 0 blocks at most"):
        cut(with_module(Ladder()), blocks=1)


def test_a_network_whose_path_depends_on_the_images_is_refused():
    class Moody(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)

        def forward(self, images):
            return self.conv(images if images.mean() > 0 else -images).mean(dim=(2, 3))

    with pytest.raises(RadbankError, match=r"resnet18 cannot be cut, because torch\.fx cannot"):
        cut(with_module(Moody()), blocks=1)
