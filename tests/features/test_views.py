import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.views import View, augment, view_name

PLAIN = {"flip": False, "angle": 0.0, "scale": 1.0, "crop": 1.0, "left": 0.0, "top": 0.0}


def test_the_same_at_every_call(pixels):
    first = augment(pixels, 1, 42)
    np.testing.assert_array_equal(first, augment(pixels, 1, 42))
    assert first.dtype == np.uint8
    assert first.shape == pixels.shape


@pytest.mark.parametrize(("view", "seed"), [(2, 42), (1, 43)])
def test_another_view_or_seed_is_another_picture(pixels, view, seed):
    other = augment(pixels, view, seed)
    for one, two in zip(augment(pixels, 1, 42), other, strict=True):
        assert (one != two).mean() > 0.05


@settings(max_examples=25, deadline=None)
@given(
    order=st.permutations(range(6)),
    cut=st.integers(0, 6),
    seed=st.integers(0, 2**32 - 1),
    view=st.integers(1, 9),
)
def test_neither_order_nor_grouping_matters(order, cut, seed, view):
    pixels = np.random.default_rng(0).integers(0, 256, (6, 20, 30), dtype=np.uint8)
    whole = augment(pixels, view, seed)
    order = np.array(order)
    parts = [augment(pixels[part], view, seed) for part in (order[:cut], order[cut:])]
    np.testing.assert_array_equal(np.concatenate(parts), whole[order])


def test_known_draw():
    # numpy's generators and SHA-256 are fixed, so views are the same on every machine
    view = View.draw(np.random.default_rng(0))
    assert not view.flip
    assert view.angle == pytest.approx(-4.604265724722594, abs=1e-12)
    assert view.scale == pytest.approx(0.908194704787239, abs=1e-12)
    assert view.crop == pytest.approx(0.8524791453292794, abs=1e-12)
    assert view.left == pytest.approx(0.8132702392002724, abs=1e-12)
    assert view.top == pytest.approx(0.9127555772777217, abs=1e-12)


def test_nothing_changed_is_the_image_itself(pixels):
    np.testing.assert_array_equal(View(**PLAIN).apply(pixels[0]), pixels[0])


def test_flip_mirrors_left_and_right(pixels):
    np.testing.assert_array_equal(
        View(**{**PLAIN, "flip": True}).apply(pixels[0]), pixels[0][:, ::-1]
    )


def test_a_quarter_turn_is_anticlockwise(pixels):
    turned = View(**{**PLAIN, "angle": 90.0}).apply(pixels[0])
    np.testing.assert_allclose(turned.astype(int), np.rot90(pixels[0]).astype(int), atol=1)


def test_crop_keeps_the_window_and_fills_the_image():
    image = np.zeros((40, 40), np.uint8)
    image[20:, 20:] = 200
    corner = View(**{**PLAIN, "crop": 0.5, "left": 1.0, "top": 1.0}).apply(image)
    assert (corner[1:, 1:] == 200).all()
    other = View(**{**PLAIN, "crop": 0.5}).apply(image)
    assert (other[:-1, :-1] == 0).all()


def test_scale_below_one_shrinks_onto_black():
    small = View(**{**PLAIN, "scale": 0.5}).apply(np.full((40, 40), 200, np.uint8))
    assert (small[12:28, 12:28] == 200).all()
    assert small[:8].max() == 0
    assert small[:, -8:].max() == 0


def test_draws_stay_in_their_ranges_and_flip_half_of_the_time():
    generator = np.random.default_rng(0)
    views = [View.draw(generator) for _ in range(2000)]
    assert 0.45 < np.mean([view.flip for view in views]) < 0.55
    assert all(abs(view.angle) <= 10 and 0.9 <= view.scale <= 1.1 for view in views)
    assert all(0.85 <= view.crop <= 1 for view in views)


def test_equal_images_have_equal_views_whatever_surrounds_them(pixels):
    stack = np.stack([pixels[3], pixels[0], pixels[3]])
    first, _, last = augment(stack, 1, 42)
    np.testing.assert_array_equal(first, last)
    np.testing.assert_array_equal(first, augment(pixels, 1, 42)[3])


def test_names_tell_views_seeds_and_ranges_apart(monkeypatch):
    assert view_name(0, 1) == view_name(0, 2) == ""
    names = {view_name(view, seed) for view in (1, 2, 3) for seed in (1, 2)}
    assert len(names) == 6
    assert {len(name) for name in names} == {16}
    monkeypatch.setattr("features.views.ROTATION", 20.0)
    view_name.cache_clear()
    assert view_name(1, 1) not in names
    view_name.cache_clear()
