"""Anatomy that view, sex and disease change in the right direction."""

import dataclasses

import numpy as np

from pipeline.phantom.bones import build_bones
from pipeline.phantom.devices import build_devices
from pipeline.phantom.person import draw_person
from pipeline.phantom.thorax import build_thorax
from pipeline.phantom.vessels import build_vessels

PERSON = dataclasses.replace(
    draw_person(np.random.default_rng(0)), sex="M", breast=0.0, pacemaker=False
)


def thorax(person=PERSON, **changes):
    return build_thorax(
        person, **({"view": "PA", "inspiration": 0.2, "heart_scale": 1.0} | changes)
    )


def test_bedside_views_and_shallow_breaths_leave_less_air():
    best = thorax().air.sum()
    assert thorax(view="AP").air.sum() < best
    assert thorax(inspiration=0.9).air.sum() < best
    assert thorax(heart_scale=1.3).air.sum() < best


def test_air_is_a_share_and_lies_in_two_lungs():
    chest = thorax()
    assert 0 <= chest.air.min() <= chest.air.max() <= 1
    left, right = chest.air[chest.u > 0].sum(), chest.air[chest.u < 0].sum()
    # the heart takes room on the left
    assert 0.5 * right < left < right


def test_breasts_add_tissue():
    woman = dataclasses.replace(PERSON, sex="F", breast=1.0)
    assert thorax(woman).tissue.sum() > thorax().tissue.sum()


def test_bones_and_vessels_are_drawn_the_same_each_time():
    for view in ("PA", "AP"):
        bones = build_bones(PERSON, thorax(), view=view)
        assert bones.min() >= 0
        assert 0.1 < bones.max() < 0.6
    first, second = (build_vessels(PERSON, np.random.default_rng(2)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_pacemaker_is_on_every_image():
    wearer = dataclasses.replace(PERSON, pacemaker=True)
    drawn = [build_devices(wearer, "PA", np.random.default_rng(k)).max() for k in range(10)]
    assert min(drawn) > 0.5


def test_devices_are_commoner_at_the_bedside():
    def share(view):
        drawn = [build_devices(PERSON, view, np.random.default_rng(k)).any() for k in range(60)]
        return np.mean(drawn)

    assert share("AP") > 0.5 > share("PA")
