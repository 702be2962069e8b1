"""Spine, ribs, collar bones, shoulder blades."""

import numpy as np

from pipeline.phantom.canvas import (
    EXTENT,
    PIXELS_PER_UNIT,
    SIDE,
    Field,
    Stroke,
    columns_within,
    draw,
    grid,
    step,
)
from pipeline.phantom.person import Person, View
from pipeline.phantom.thorax import Thorax, rib_cage

RIBS = 11


def build_bones(person: Person, thorax: Thorax, *, view: View) -> Field:
    """Return the density of all bones, shape (SIDE, SIDE).

    Parameters
    ----------
    person
        Whose bones they are.
    thorax
        The chest they belong to.
    view
        On 'AP' films the shoulder blades overlie the lungs and the collar bones lie higher.
    """
    bones = _shoulders(person, bedside=view == "AP")
    near = columns_within(0.85)
    bones[:, near] += _ribs(person, thorax.u[:, near])
    middle = columns_within(0.14)
    bones[:, middle] += _spine(thorax.u[:, middle])
    return person.rib_density * bones


def _spine(u: Field) -> Field:
    """Return vertebral bodies, their end plates, pedicles and spinous processes."""
    v = grid().v
    pitch = 0.112 + 0.02 * (v + 1)
    phase = (v / pitch) % 1
    body = step(np.abs(u) - 0.064 - 0.006 * np.cos(2 * np.pi * phase), 0.008)
    plates = np.exp(-(((phase - 0.5) * pitch / 0.010) ** 2))
    across, down = (np.abs(u) - 0.038) / 0.013, (phase - (phase > 0.5)) * pitch / 0.018
    pedicles = np.exp(-(across * across) - down * down)
    process = np.exp(-((u / 0.010) ** 2) - ((phase - 0.25) * pitch / 0.022) ** 2)
    return body * (0.10 + 0.04 * plates) + 0.05 * pedicles + 0.04 * process


def _ribs(person: Person, u: Field) -> Field:
    """Return ribs as oval hoops: the back half falls outwards, the front half inwards."""
    total = np.zeros_like(u)
    v = grid().v
    for number in range(RIBS):
        share = number / (RIBS - 1)
        back = person.rib_slope * (0.10 + 0.20 * share)
        front = person.rib_slope * (0.16 + 0.18 * share)
        start = person.apex - 0.05 + person.rib_spacing * number
        middle = start + back
        radius = 1.04 * float(rib_cage(person, np.asarray(max(middle, person.apex + 0.06))))
        half = 0.020 + 0.004 * share
        rows = slice(_row(start - 2 * half), _row(middle + front + 2 * half))
        x, dy = np.abs(u[rows]) / radius, v[rows] - middle
        height = np.where(dy < 0, back, front)
        y = dy / height
        # hoop: |x|^1.75 + y^2 = 1; distance to first order, value over gradient
        root = np.sqrt(np.sqrt(x))
        bowed = x * x / root
        gradient = np.hypot(1.75 * x / root / radius, 2 * y / height) + 1e-9
        distance = np.abs(bowed + y * y - 1) / gradient
        hollow = step(distance - half, 0.004) * (0.5 + 0.5 * np.clip(distance / half, 0, 1) ** 3)
        # the front ends in cartilage, which X-rays hardly see; the lowest ribs end at the side
        cartilage = 0.75 * np.clip((x - (0.45 if number < 7 else 0.8)) / 0.25, 0, 1)
        bone = np.clip((x - 0.04) / 0.10, 0, 1) * (1.0 if number < 9 else 0.6)
        total[rows] += 0.15 * hollow * np.where(dy < 0, bone, np.minimum(bone, cartilage))
    return total


def _row(v: float) -> int:
    """Return the canvas row of a height, kept on the canvas."""
    return int(np.clip((v + EXTENT) * PIXELS_PER_UNIT, 0, SIDE))


def _shoulders(person: Person, *, bedside: bool) -> Field:
    """Return collar bones, the rims of the shoulder blades and the heads of the upper arms."""
    lift, inwards = (0.07, 0.10) if bedside else (0.0, 0.0)
    s = np.linspace(0, 1, 40)
    strokes = []
    for side in (-1, 1):
        along = side * (0.075 + 0.66 * s)
        height = person.apex + 0.20 - lift - 0.17 * s - 0.035 * np.sin(2 * np.pi * s)
        strokes += [
            Stroke(np.column_stack([along, height + offset]), 1.6, 0.09)
            for offset in (-0.017, 0.0, 0.017)
        ]
        blade = side * (0.80 - inwards - 0.12 * np.sin(np.pi * s) ** 2 - 0.05 * s)
        strokes.append(Stroke(np.column_stack([blade, -0.62 + 0.62 * s]), 1.6, 0.08))
        ridge = np.column_stack([side * (0.62 - inwards + 0.30 * s), -0.52 - 0.20 * s])
        strokes.append(Stroke(ridge, 3.2, 0.06))
    arms = _upper_arms()
    bones = draw(strokes)
    bones[:, : arms.shape[1]] += arms
    bones[:, -arms.shape[1] :] += arms[:, ::-1]
    return bones


def _upper_arms() -> Field:
    """Return head and shaft of the upper arm at the canvas' left edge."""
    u, v = grid().u[:, : SIDE // 4], grid().v
    head = step(np.hypot(u + 0.93, v + 0.66) - 0.10, 0.008)
    shaft = step(np.abs(u + 0.97 + 0.05 * (v + 0.6)) - 0.045, 0.008) * step(-v - 0.60, 0.02)
    return 0.13 * np.maximum(head, shaft)
