import numpy as np
import pytest
import torch

from features.backbones import load
from features.layers import LayerEmbedding, layer_widths, pool
from radbank.errors import RadbankError


@pytest.fixture(scope="module")
def backbone():
    return load("mobilenet_v3_small", weights="random", seed=0)


def test_layers_are_averaged_over_space_and_joined(backbone, pixels):
    layers = ["features.0", "penultimate", "features.12"]
    images = backbone.preprocessing(pixels[:2])
    with torch.inference_mode():
        joined = LayerEmbedding(backbone, layers)(images)
        first = backbone.module.features[0](images).mean(dim=(2, 3))
        last = backbone.module.features(images).mean(dim=(2, 3))
        penultimate = backbone.module(images)
    assert layer_widths(backbone, layers) == [16, 1024, 576]
    np.testing.assert_array_equal(joined, torch.cat([first, penultimate, last], dim=1))


def test_penultimate_alone_is_the_network_itself(backbone, pixels):
    images = backbone.preprocessing(pixels[:2])
    with torch.inference_mode():
        np.testing.assert_array_equal(
            LayerEmbedding(backbone, ["penultimate"])(images), backbone.module(images)
        )
    assert layer_widths(backbone, ["penultimate"]) == [backbone.n_features]


@pytest.mark.parametrize(
    ("name", "layer", "width"), [("swin_t", "features.1", 96), ("timm:test_vit", "blocks.0", 64)]
)
def test_channels_last_maps_and_tokens(name, layer, width):
    assert layer_widths(load(name, weights="random"), [layer]) == [width]


@pytest.mark.parametrize(
    ("layer", "hint"),
    [("features.99", r"no layer 'features\.99'; did you mean features\."), ("???", "penultimate")],
)
def test_an_unknown_layer_is_refused_with_close_ones(backbone, layer, hint):
    with pytest.raises(RadbankError, match=hint):
        LayerEmbedding(backbone, [layer])


@pytest.mark.parametrize("output", [None, torch.zeros(5), (torch.zeros(1, 2, 3, 3), None)])
def test_a_layer_without_a_map_is_refused(output):
    with pytest.raises(RadbankError, match="layer 'attention' gives nothing that can be averaged"):
        pool("attention", output)
