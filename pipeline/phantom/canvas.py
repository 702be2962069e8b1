"""The plane that phantoms are drawn on, and the few brushes that all anatomy shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d

Field: TypeAlias = NDArray[np.float64]

SIDE = 400
"""Rows and columns of the canvas."""

EXTENT = 1.25
"""Half the canvas' side in body units: half an image's height is one unit, some 18 cm."""

PIXELS_PER_UNIT = SIDE / (2 * EXTENT)


@dataclass(frozen=True)
class Grid:
    """Body coordinates of every canvas pixel; u and v broadcast to (SIDE, SIDE).

    Attributes
    ----------
    u
        ndarray of shape (1, SIDE), positive towards the image's right (the person's left).
    v
        ndarray of shape (SIDE, 1), positive downwards.
    """

    u: Field
    v: Field


@cache
def grid() -> Grid:
    """Return the canvas' coordinates; they are read-only."""
    axis = (np.arange(SIDE, dtype=np.float64) + 0.5) / PIXELS_PER_UNIT - EXTENT
    axis.setflags(write=False)
    return Grid(u=axis[None, :], v=axis[:, None])


def to_pixels(points: Field) -> Field:
    """Turn body coordinates (..., 2) as (u, v) into canvas pixel coordinates, same order."""
    return (points + EXTENT) * PIXELS_PER_UNIT - 0.5


def columns_within(reach: float) -> slice:
    """Return the canvas columns with |u| below `reach`, to save work beside the midline."""
    middle, half = SIDE // 2, int(np.ceil(reach * PIXELS_PER_UNIT))
    return slice(middle - half, middle + half)


def curve(knots: Sequence[tuple[float, float]], smooth: float) -> Field:
    """Return a smooth function of height on the canvas' rows.

    Parameters
    ----------
    knots
        Pairs (v, value) in rising order of v.
    smooth
        Standard deviation in body units of the blur that rounds the corners.

    Returns
    -------
    ndarray of shape (SIDE, 1)
    """
    heights, values = np.array(knots).T
    line = np.interp(grid().v[:, 0], heights, values)
    rounded: Field = gaussian_filter1d(line, smooth * PIXELS_PER_UNIT, mode="nearest")
    return rounded[:, None]


def step(distance: Field, softness: float) -> Field:
    """Return a soft edge: 1 where `distance` is well below 0, 0 well above it.

    Parameters
    ----------
    distance
        Signed distance to the edge in body units.
    softness
        Scale of the logistic: the step is 0.73 and 0.27 this far inside and outside the edge.
    """
    edge: Field = 1 / (1 + np.exp(np.clip(distance / softness, -40, 40)))
    return edge


def dome(squared_radius: Field) -> Field:
    """Return the thickness of a unit ball seen from the front: sqrt(1 - r^2), 0 outside."""
    return np.sqrt(np.clip(1 - squared_radius, 0, None))


def ellipse(
    u: Field, v: Field, centre: tuple[float, float], radii: tuple[float, float], angle: float = 0.0
) -> Field:
    """Return the squared elliptic radius of every point, 1 on the rim; `angle` in radians."""
    cosine, sine = np.cos(angle), np.sin(angle)
    du, dv = u - centre[0], v - centre[1]
    along = (cosine * du + sine * dv) / radii[0]
    across = (cosine * dv - sine * du) / radii[1]
    squared: Field = along * along + across * across
    return squared


def texture(rng: np.random.Generator, slope: float) -> Field:
    """Return cloudy noise of mean 0 and standard deviation 1 over the canvas.

    Parameters
    ----------
    rng
        Source of the noise.
    slope
        Amplitude falls with spatial frequency f as f ** -slope; 1 is fine, 2 is billowy.

    Notes
    -----
    Power-law noise resembles the anatomical background of radiographs (Burgess, Jacobson and
    Judy, Medical Physics 28, 2001).
    """
    spectrum = np.fft.rfft2(rng.standard_normal((SIDE, SIDE)))
    rows, columns = np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :]
    squared = rows * rows + columns * columns
    squared[0, 0] = np.inf
    noise = np.fft.irfft2(spectrum * squared ** (-slope / 2), s=(SIDE, SIDE))
    return np.asarray(noise / noise.std())


@dataclass(frozen=True)
class Stroke:
    """A thin line: a vessel, a catheter, a fissure.

    Attributes
    ----------
    points
        ndarray of shape (n, 2), body coordinates (u, v) along the line.
    width
        Standard deviation of its cross-section in canvas pixels, at least 0.7.
    density
        Density at its centre line.
    """

    points: Field
    width: float
    density: float


def draw(strokes: Sequence[Stroke]) -> Field:
    """Return the summed density of thin lines, shape (SIDE, SIDE).

    Notes
    -----
    Lines are dropped as points less than a pixel apart and blurred once for each width.
    """
    total = np.zeros((SIDE, SIDE))
    for width in sorted({stroke.width for stroke in strokes}):
        alike = [stroke for stroke in strokes if stroke.width == width]
        starts = to_pixels(np.concatenate([stroke.points[:-1] for stroke in alike]))
        moves = np.concatenate([np.diff(stroke.points, axis=0) for stroke in alike])
        moves *= PIXELS_PER_UNIT
        density = np.repeat(
            [stroke.density for stroke in alike], [len(stroke.points) - 1 for stroke in alike]
        )
        lengths = np.hypot(moves[:, 0], moves[:, 1])
        n = int(np.ceil(1.5 * lengths.max()))
        stations = (np.arange(n)[:, None, None] + 0.5) / n
        dots = np.rint(starts + stations * moves).astype(int).reshape(-1, 2)
        drops = np.tile(density * lengths / n * width * np.sqrt(2 * np.pi), n)
        inside = ((dots >= 0) & (dots < SIDE)).all(axis=1)
        flat = dots[inside, 1] * SIDE + dots[inside, 0]
        layer = np.bincount(flat, weights=drops[inside], minlength=SIDE * SIDE)
        total += gaussian_filter(layer.reshape(SIDE, SIDE), width, mode="constant", truncate=3)
    return total
