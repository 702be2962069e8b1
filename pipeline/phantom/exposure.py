"""From density on the canvas to brightness on the film: pose, scatter, noise, film curve."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import affine_transform, uniform_filter

from pipeline.phantom.canvas import PIXELS_PER_UNIT, Field, to_pixels
from pipeline.phantom.person import View

FILM_PIXELS_PER_UNIT = 256
"""Pixels of the radiograph in a body unit: 512 rows show two units."""

SCATTER = 61
"""Side in canvas pixels of the box blur that, done twice, stands for scattered rays."""


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """How one radiograph is taken.

    Attributes
    ----------
    rows, columns
        Size of the film in pixels.
    angle
        Turn of the person in radians.
    scale
        Enlargement.
    shift
        Offset (u, v) of the person in body units.
    brightness, contrast
        Error of the automatic exposure: 0 and 1 are perfect.
    gamma
        Steepness of the film curve in the dark parts.
    veil
        Share of contrast lost to scattered rays, 0 to 1.
    noise
        Standard deviation of the noise at medium brightness, of the full range.
    """

    rows: int
    columns: int
    angle: float
    scale: float
    shift: tuple[float, float]
    brightness: float
    contrast: float
    gamma: float
    veil: float
    noise: float


def draw_exposure(
    view: View, size: tuple[int, int], habitus: float, rng: np.random.Generator
) -> Exposure:
    """Draw an exposure; bedside films ('AP') vary more in every respect."""
    spread = 1.6 if view == "AP" else 1.0
    return Exposure(
        rows=size[0],
        columns=size[1],
        angle=float(rng.normal(0, 0.022 * spread)),
        scale=float(np.clip(rng.normal(1.10, 0.035 * spread), 0.96, 1.24)),
        shift=(float(rng.normal(0, 0.022 * spread)), float(rng.normal(0.05, 0.025 * spread))),
        brightness=float(rng.normal(0.0, 0.035 * spread)),
        contrast=float(np.clip(rng.normal(1.0, 0.07 * spread), 0.75, 1.3)),
        gamma=float(np.clip(rng.normal(1.0, 0.09 * spread), 0.7, 1.35)),
        veil=float(rng.uniform(0.0, 0.12) + 0.12 * habitus + (0.10 if view == "AP" else 0.0)),
        noise=float(rng.uniform(0.006, 0.014) * (1 + 0.6 * habitus)),
    )


def expose(density: Field, exposure: Exposure, rng: np.random.Generator) -> Field:
    """Return the radiograph.

    Parameters
    ----------
    density
        ndarray of shape (SIDE, SIDE): what the rays pass through.
    exposure
        How it is taken.
    rng
        Draws the noise.

    Returns
    -------
    ndarray of shape (rows, columns)
        Brightness, bone bright: 0 to 1 is the range of the film, values beyond are clipped by
        whoever stores it.
    """
    scattered = density
    for _ in range(2):
        scattered = uniform_filter(scattered, SCATTER, mode="nearest")
    # the negative part of the second weight is the edge enhancement of digital detectors
    mixed = density * (1 - exposure.veil) + scattered * (exposure.veil - 0.18)
    veiled = _project(mixed, exposure)
    inner = veiled[exposure.rows // 8 : -exposure.rows // 8 : 4, exposure.columns // 8 :: 4]
    dark, bright = np.quantile(inner, [0.08, 0.96])
    level = 0.16 + 0.68 * (veiled - dark) / (bright - dark)
    level = 0.5 + exposure.contrast * (level - 0.5) + exposure.brightness
    grain = rng.standard_normal(level.shape, dtype=np.float32).astype(np.float64)
    grain = 0.7 * grain + 0.35 * (np.roll(grain, 1, axis=0) + np.roll(grain, 1, axis=1))
    level = level + exposure.noise * (0.6 + np.clip(level, 0, 1)) * grain
    # a film's toe and shoulder: straight in the middle, flat at both ends
    curved = 0.5 + 0.5 * np.tanh(2.1 * (level - 0.5)) / np.tanh(1.05)
    return np.asarray(np.sign(curved) * np.abs(curved) ** exposure.gamma)


def _turn(exposure: Exposure) -> Field:
    """Return the rotation matrix that acts on (u, v)."""
    cosine, sine = np.cos(exposure.angle), np.sin(exposure.angle)
    return np.array([[cosine, -sine], [sine, cosine]])


def to_film(points: Field, exposure: Exposure) -> Field:
    """Turn body coordinates (n, 2) as (u, v) into film pixels (x, y)."""
    centre = np.array([exposure.columns - 1, exposure.rows - 1]) / 2
    moved = (points + exposure.shift) @ _turn(exposure).T
    return centre + FILM_PIXELS_PER_UNIT * exposure.scale * moved


def _project(canvas: Field, exposure: Exposure) -> Field:
    """Resample the canvas onto the film."""
    centre = np.array([exposure.columns - 1, exposure.rows - 1]) / 2
    back = _turn(exposure).T / (FILM_PIXELS_PER_UNIT * exposure.scale)
    origin = to_pixels(-back @ centre - exposure.shift)
    # scipy counts (row, column), we (u, v)
    film = affine_transform(
        canvas,
        (back * PIXELS_PER_UNIT)[::-1, ::-1],
        offset=origin[::-1],
        output_shape=(exposure.rows, exposure.columns),
        order=1,
        mode="nearest",
    )
    return np.asarray(film)
