import json

import numpy as np
import pytest
import torch
from PIL import Image

from features.preprocessing import Preprocessing


def make(size=32, interpolation="bilinear"):
    return Preprocessing(
        input_size=size, mean=(0.5, 0.4, 0.3), std=(0.2, 0.25, 0.5), interpolation=interpolation
    )


def test_grey_becomes_three_normalised_channels():
    out = make()(np.full((2, 32, 32), 51, np.uint8))
    assert out.shape == (2, 3, 32, 32)
    assert out.dtype == torch.float32
    np.testing.assert_allclose(out[1, :, 5, 5], [-1.5, -0.8, -0.2], rtol=1e-6)


def test_colour_keeps_its_channels():
    pixels = np.zeros((1, 3, 32, 32), np.uint8)
    pixels[:, 1] = 255
    np.testing.assert_allclose(make()(pixels)[0, :, 0, 0], [-2.5, 2.4, -0.6], rtol=1e-6)


def test_the_whole_image_is_kept():
    pixels = np.zeros((1, 80, 80), np.uint8)
    pixels[:, 0, 0] = pixels[:, -1, -1] = 255  # what a centre crop would lose
    resized = make().resize(pixels)
    assert resized[0, 0, 0, 0] > 0
    assert resized[0, 0, -1, -1] > 0


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize("side", [50, 320])
def test_resize_is_antialiased_as_pillow_does_it(interpolation, side):
    image = np.random.default_rng(0).integers(0, 256, (side, side), dtype=np.uint8)
    wanted = Image.fromarray(image).resize((32, 32), getattr(Image, interpolation.upper()))
    resized = make(interpolation=interpolation).resize(image[None])
    assert resized.dtype == torch.uint8
    difference = np.abs(resized[0, 0].numpy().astype(int) - np.asarray(wanted, dtype=int))
    assert difference.max() <= 1


def test_an_image_does_not_depend_on_its_neighbours(pixels):
    both = make()(pixels)
    np.testing.assert_array_equal(both[3:4], make()(pixels[3:4]))


def test_survives_json():
    assert Preprocessing.from_dict(json.loads(json.dumps(make().to_dict()))) == make()


@pytest.mark.parametrize("bad", [np.zeros((1, 8, 8), np.float32), np.zeros((1, 4, 8, 8), np.uint8)])
def test_other_types_and_shapes_are_refused(bad):
    with pytest.raises(ValueError, match="expected uint8"):
        make()(bad)


def test_an_unknown_interpolation_is_refused():
    with pytest.raises(ValueError, match="lanczos"):
        make(interpolation="lanczos")
