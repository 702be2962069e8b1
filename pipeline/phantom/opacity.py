"""Pneumonia: air spaces that fill with fluid, and the outline a reader would box."""

from dataclasses import dataclass

import numpy as np

from pipeline.phantom.canvas import SIDE, Field, ellipse, grid, step, texture
from pipeline.phantom.thorax import Thorax

RIM = 0.35
"""Share of an opacity's peak at which a reader would draw its border."""


@dataclass(frozen=True)
class Opacities:
    """The opacities of one image.

    Attributes
    ----------
    fill
        ndarray of shape (SIDE, SIDE): share of the air that fluid has replaced, 0 to 1.
    outlines
        For each opacity an ndarray of shape (n, 2): the body coordinates (u, v) inside its border.
    """

    fill: Field
    outlines: tuple[Field, ...]


def build_opacities(thorax: Thorax, rng: np.random.Generator, *, count: int) -> Opacities:
    """Place soft-edged, patchy opacities inside the lungs.

    Parameters
    ----------
    thorax
        The chest; opacities lie where it has air.
    rng
        Draws place, size, shape and strength.
    count
        How many there are; 0 gives an empty `fill` and no outlines.
    """
    fill = np.zeros((SIDE, SIDE))
    if count == 0:
        return Opacities(fill=fill, outlines=())
    outlines = []
    clouds = texture(rng, 1.45)
    room = np.where(thorax.air > 0.55, 0.4 + step(-grid().v - 0.05, 0.12), 0.0)
    for _ in range(count):
        centre = _pick(room, rng)
        radius = rng.uniform(0.24, 0.42)
        aspect = rng.uniform(0.7, 1.4)
        shape = ellipse(
            grid().u,
            grid().v,
            centre,
            (radius * aspect**0.5, radius / aspect**0.5),
            rng.uniform(0, np.pi),
        )
        reach = np.sqrt(shape)
        strength = rng.uniform(0.60, 0.95) * np.clip(0.85 + 0.22 * clouds, 0.3, 1.1)
        # the second edge keeps clouds from reaching beyond a reader's idea of the lesion
        one = strength * step(reach + 0.30 * clouds - 0.90, 0.16) * step(reach - 1.4, 0.08)
        shadow = one * thorax.air
        seen = shadow > RIM * shadow.max()
        rows, columns = np.nonzero(seen)
        outlines.append(np.column_stack([grid().u[0, columns], grid().v[rows, 0]]))
        fill = fill + one * (1 - fill)
        room = room * (shape > 2.5)
        if not room.any():
            break
    return Opacities(fill=fill, outlines=tuple(outlines))


def _pick(room: Field, rng: np.random.Generator) -> tuple[float, float]:
    """Return a place drawn with probability in proportion to `room`."""
    cumulative = np.cumsum(room)
    chosen = int(np.searchsorted(cumulative, rng.uniform(0, cumulative[-1]), side="right"))
    row, column = divmod(min(chosen, room.size - 1), SIDE)
    return float(grid().u[0, column]), float(grid().v[row, 0])
