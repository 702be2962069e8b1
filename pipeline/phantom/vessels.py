"""The branching shadows of the lung vessels."""

import numpy as np

from pipeline.phantom.canvas import Field, Stroke, draw
from pipeline.phantom.person import Person

WIDTHS = (2.1, 1.3, 0.8, 0.8)
"""Standard deviation of a vessel's cross-section by generation, in canvas pixels."""

DENSITIES = (0.070, 0.054, 0.042, 0.032)
"""Density of a vessel's centre line by generation."""

BRANCHES = (11, 3, 2, 2)
"""How many vessels leave the hilum, and then each vessel of the former generation."""


def build_vessels(person: Person, rng: np.random.Generator) -> Field:
    """Return the density of the vessel trees of both lungs, shape (SIDE, SIDE).

    Parameters
    ----------
    person
        Gives the contrast.
    rng
        Draws the branches; hand the same state for every image of a person.
    """
    strokes: list[Stroke] = []
    for side, height in ((-1, 0.02), (1, -0.02)):
        n = BRANCHES[0]
        starts = np.array([side * 0.11, height]) + 0.025 * rng.standard_normal((n, 2))
        angles = np.linspace(-1.4, 1.45, n) + rng.normal(0, 0.10, n)
        lengths = rng.uniform(0.26, 0.42, n) * np.where(angles > 0.6, 1.2, 1.0)
        for width, density, children in zip(WIDTHS, DENSITIES, (*BRANCHES[1:], 0), strict=True):
            paths, headings = _grow(starts, angles, lengths, side, rng)
            strokes += [Stroke(path, width, density) for path in paths]
            parents = np.repeat(np.arange(len(paths)), children)
            knots = rng.integers(3, paths.shape[1], parents.size)
            turns = rng.choice([-1, 1], parents.size) * rng.uniform(0.25, 0.75, parents.size)
            starts = paths[parents, knots]
            angles = headings[parents, knots] + turns
            lengths = lengths[parents] * rng.uniform(0.40, 0.75, parents.size)
    return person.markings * draw(strokes)


def _grow(
    starts: Field, angles: Field, lengths: Field, side: int, rng: np.random.Generator
) -> tuple[Field, Field]:
    """Return the paths (n, 12, 2) of one generation and their headings (n, 12)."""
    s = np.linspace(0, 1, 12)
    headings = angles[:, None] + rng.normal(0, 0.4, (len(starts), 1)) * s
    moves = np.stack([side * np.cos(headings), np.sin(headings)], axis=-1)
    paths = starts[:, None, :] + np.cumsum(moves * (lengths / len(s))[:, None, None], axis=1)
    return paths, headings
