"""Pictures that look as their labels say."""

import numpy as np
import pytest

from pipeline.phantom.person import draw_person
from pipeline.phantom.radiograph import NORMAL, OPACITY, OTHER, build_tissue, take_radiograph


def take(finding, view="PA", size=(512, 512), person_seed=3, seed=4):
    person = draw_person(np.random.default_rng(person_seed))
    rng = np.random.default_rng(seed)
    return take_radiograph(
        person, build_tissue(person), finding=finding, view=view, size=size, rng=rng
    )


@pytest.mark.parametrize("finding", [NORMAL, OTHER, OPACITY])
@pytest.mark.parametrize("size", [(512, 512), (448, 512), (512, 448)])
def test_size_and_range(finding, size):
    radiograph = take(finding, size=size)
    assert radiograph.brightness.shape == size
    assert np.isfinite(radiograph.brightness).all()
    # most of it lies within the film's range, and it uses that range
    inside = (radiograph.brightness > 0) & (radiograph.brightness < 1)
    assert inside.mean() > 0.75
    assert np.ptp(np.quantile(radiograph.brightness, [0.05, 0.95])) > 0.4


def test_only_opacities_have_boxes():
    assert take(NORMAL).boxes == ()
    assert take(OTHER).boxes == ()
    assert 1 <= len(take(OPACITY).boxes) <= 3


def test_lungs_are_darker_than_the_heart_and_spine():
    brightness = take(NORMAL).brightness
    lung, middle = brightness[200:260, 130:180], brightness[300:340, 250:270]
    assert middle.mean() > lung.mean() + 0.25


def test_boxes_lie_inside_and_are_brighter_than_in_health():
    gains = []
    for seed in range(12):
        rows, columns = size = (512, 448)
        radiograph = take(OPACITY, size=size, person_seed=seed, seed=seed)
        healthy = take(NORMAL, size=size, person_seed=seed, seed=seed)
        for x, y, width, height in radiograph.boxes:
            assert x >= 0
            assert y >= 0
            assert width >= 1
            assert height >= 1
            assert x + width <= columns
            assert y + height <= rows
            box = np.s_[int(y) : int(y + height), int(x) : int(x + width)]
            gains.append(radiograph.brightness[box].mean() - healthy.brightness[box].mean())
    assert np.mean(gains) > 0.05


def test_one_person_keeps_their_anatomy_and_two_differ():
    same, again = take(NORMAL, seed=1).brightness, take(NORMAL, seed=2).brightness
    other = take(NORMAL, seed=2, person_seed=8).brightness

    def alike(a, b):
        return np.corrcoef(a.ravel(), b.ravel())[0, 1]

    assert 0.99999 > alike(same, again) > alike(same, other)


def test_equal_arguments_give_equal_pictures():
    np.testing.assert_array_equal(take(OPACITY).brightness, take(OPACITY).brightness)
    assert take(OPACITY).boxes == take(OPACITY).boxes
