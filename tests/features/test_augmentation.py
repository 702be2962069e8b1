import numpy as np
import pytest
import torch
from PIL import Image

from features.augmentation import apply_views, draw_views
from features.preprocessing import Preprocessing
from features.views import View

PLAIN = {"flip": False, "angle": 0.0, "scale": 1.0, "crop": 1.0, "left": 0.0, "top": 0.0}


def images_of(kind, shape, n=24):
    rng = np.random.default_rng(5)
    if kind == "noise":
        return rng.integers(0, 256, (n, *shape), dtype=np.uint8)
    coarse = rng.integers(0, 256, (n, 24, 24), dtype=np.uint8)
    return np.stack([np.asarray(Image.fromarray(one).resize(shape[::-1])) for one in coarse])


def by_pillow(pixels, views):
    return np.stack([view.apply(image) for view, image in zip(views, pixels, strict=True)])


def differences(one, other):
    return np.abs(np.asarray(one, dtype=int) - np.asarray(other, dtype=int))


@pytest.mark.parametrize("kind", ["smooth", "noise"])
@pytest.mark.parametrize("shape", [(40, 40), (64, 64), (80, 60), (128, 128), (320, 320)])
def test_views_agree_with_pillow(kind, shape):
    pixels = images_of(kind, shape)
    views = draw_views(len(pixels), np.random.default_rng(1))
    views += [View(**{**PLAIN, "scale": 0.9, "flip": True})]  # a black margin on all sides
    pixels = np.concatenate([pixels, pixels[:1]])
    off = differences(apply_views(torch.from_numpy(pixels), views), by_pillow(pixels, views))
    assert off.max() <= 1
    assert (off > 0).mean() < 0.005


@pytest.mark.parametrize("side", [64, 128, 320])
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_network_inputs_agree_with_pillow(side, interpolation):
    pixels = images_of("noise", (side, side))
    views = draw_views(len(pixels), np.random.default_rng(2))
    resize = Preprocessing(
        input_size=224, mean=(0.5,) * 3, std=(0.5,) * 3, interpolation=interpolation
    ).resize
    ours = resize(apply_views(torch.from_numpy(pixels), views))
    off = differences(ours, resize(by_pillow(pixels, views)))
    assert off.max() <= 2  # a bicubic filter can enlarge a difference of one grey
    assert off.mean() < 0.005


def test_nothing_changed_is_the_image_itself():
    pixels = torch.from_numpy(images_of("noise", (37, 52), n=3))
    assert torch.equal(apply_views(pixels, [View(**PLAIN)] * 3), pixels)


def test_each_image_has_its_own_view():
    pixels = torch.from_numpy(images_of("noise", (20, 20), n=2))
    plain, mirrored = apply_views(pixels, [View(**PLAIN), View(**{**PLAIN, "flip": True})])
    assert torch.equal(plain, pixels[0])
    assert torch.equal(mirrored, pixels[1].flip(1))


def test_a_view_depends_neither_on_its_neighbours_nor_on_the_threads():
    pixels = torch.from_numpy(images_of("noise", (50, 50), n=7))
    views = draw_views(7, np.random.default_rng(3))
    whole = apply_views(pixels, views)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        alone = torch.cat([apply_views(pixels[i : i + 1], views[i : i + 1]) for i in range(7)])
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(whole, alone)


def test_views_come_from_the_generator_in_order():
    generator = np.random.default_rng(4)
    first, second = draw_views(3, generator), draw_views(2, generator)
    assert first + second == draw_views(5, np.random.default_rng(4))
    assert len({view.angle for view in first + second}) == 5
