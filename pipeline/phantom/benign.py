"""Shadows that are not pneumonia and yet not normal: what a good head must not fall for."""

from dataclasses import dataclass

import numpy as np

from pipeline.phantom.canvas import SIDE, Field, Stroke, dome, draw, ellipse, grid, step, texture
from pipeline.phantom.thorax import Thorax

KINDS = ("effusion", "atelectasis", "nodules", "fibrosis", "congestion", "cardiomegaly", "scar")
"""What can be seen; cardiomegaly and congestion also enlarge the heart."""


@dataclass(frozen=True)
class Benign:
    """The other findings of one image.

    Attributes
    ----------
    fill
        ndarray of shape (SIDE, SIDE): share of the air replaced, 0 to 1.
    density
        ndarray of shape (SIDE, SIDE): density laid over the rest.
    """

    fill: Field
    density: Field


def heart_scale(kinds: tuple[str, ...], rng: np.random.Generator) -> float:
    """Return how much disease enlarges the heart, 1 for not at all."""
    enlarged = {"cardiomegaly", "congestion"} & set(kinds)
    return float(rng.uniform(1.12, 1.3)) if enlarged else 1.0


def build_benign(thorax: Thorax, kinds: tuple[str, ...], rng: np.random.Generator) -> Benign:
    """Draw findings other than pneumonia.

    Parameters
    ----------
    thorax
        The chest.
    kinds
        Members of :data:`KINDS`.
    rng
        Draws side, size and strength.
    """
    fill, density = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    for kind in kinds:
        match kind:
            case "effusion":
                fill = np.maximum(fill, _effusion(thorax, rng))
            case "atelectasis":
                density += draw(_bands(thorax, rng))
            case "nodules":
                density += _nodules(thorax, rng)
            case "fibrosis":
                density += _fibrosis(thorax, rng)
            case "congestion":
                fill = np.maximum(fill, _congestion(thorax, rng))
            case "scar":
                fill = np.maximum(fill, _scar(thorax, rng))
            case "cardiomegaly":
                pass  # the heart itself shows it
    return Benign(fill=fill, density=density)


def _effusion(thorax: Thorax, rng: np.random.Generator) -> Field:
    """Return fluid that rises along the side wall as a meniscus."""
    side = rng.choice([-1, 1])
    level = thorax.domes[0 if side < 0 else 1] + rng.uniform(-0.02, 0.10)
    out = side * thorax.u
    surface = level + 0.10 - 0.35 * np.clip(out - 0.30, 0, None) ** 1.3
    return 0.85 * step(surface - grid().v, 0.025) * step(-out, 0.02)


def _bands(thorax: Thorax, rng: np.random.Generator) -> list[Stroke]:
    """Return plate-like strands above the diaphragm."""
    strands = []
    for _ in range(int(rng.integers(1, 4))):
        side = rng.choice([-1, 1])
        s = np.linspace(-0.5, 0.5, 12)
        centre = (side * rng.uniform(0.30, 0.48), thorax.domes[0] - rng.uniform(0.05, 0.28))
        length, tilt = rng.uniform(0.12, 0.25), rng.normal(0, 0.25)
        points = np.column_stack([centre[0] + length * s, centre[1] + length * tilt * s])
        strands.append(Stroke(points, 1.8, rng.uniform(0.06, 0.12)))
    return strands


def _nodules(thorax: Thorax, rng: np.random.Generator) -> Field:
    """Return one to four round nodules."""
    total = np.zeros((SIDE, SIDE))
    for _ in range(int(rng.integers(1, 5))):
        centre = (rng.choice([-1, 1]) * rng.uniform(0.2, 0.5), rng.uniform(-0.45, 0.25))
        radius = rng.uniform(0.02, 0.05)
        ball = dome(ellipse(grid().u, grid().v, centre, (radius, radius)))
        total += rng.uniform(0.10, 0.18) * ball
    return total * np.sqrt(thorax.air)


def _fibrosis(thorax: Thorax, rng: np.random.Generator) -> Field:
    """Return a fine net of lines, densest at the base and the edges."""
    net = np.clip(1 - np.abs(texture(rng, 1.15)) / 0.5, 0, None)
    low = 0.3 + 0.7 * step(-grid().v, 0.15)
    return rng.uniform(0.10, 0.18) * net * low * thorax.air


def _congestion(thorax: Thorax, rng: np.random.Generator) -> Field:
    """Return the veil of a failing heart: both sides, around the hila, without an edge."""
    spread = np.exp(-(((np.abs(thorax.u) - 0.18) / 0.22) ** 2) - ((grid().v - 0.08) / 0.30) ** 2)
    return rng.uniform(0.10, 0.20) * spread * np.clip(1 + 0.25 * texture(rng, 1.5), 0, None)


def _scar(thorax: Thorax, rng: np.random.Generator) -> Field:
    """Return an ill-defined thickening at a lung tip or along the wall."""
    side = rng.choice([-1, 1])
    height = rng.uniform(-0.65, -0.35) if rng.random() < 0.6 else rng.uniform(-0.2, 0.25)
    centre = (side * (0.30 + 0.25 * (height + 0.65)), height)
    shape = ellipse(thorax.u, grid().v, centre, (rng.uniform(0.05, 0.10), rng.uniform(0.08, 0.16)))
    cloud = 1 + 0.4 * texture(rng, 1.6)
    return np.clip(rng.uniform(0.20, 0.40) * np.exp(-shape) * cloud, 0, 1)
