"""Soft tissue and air: trunk, lungs, heart, diaphragm, breasts."""

from dataclasses import dataclass

import numpy as np

from pipeline.phantom.canvas import Field, columns_within, curve, dome, ellipse, grid, step
from pipeline.phantom.person import Person, View

BASE = 0.5
"""Height at which the rib cage is widest, in body units."""


@dataclass(frozen=True)
class Thorax:
    """The chest before bones, vessels and findings are laid over it.

    Attributes
    ----------
    u
        ndarray of shape (SIDE, SIDE): distance to the (possibly bent) midline, body units.
    tissue
        ndarray of shape (SIDE, SIDE): thickness of soft tissue in front of the detector.
    air
        ndarray of shape (SIDE, SIDE): thickness of aerated lung, 0 to 1.
    domes
        Height of the right and the left diaphragm as seen on this image.
    """

    u: Field
    tissue: Field
    air: Field
    domes: tuple[float, float]


def rib_cage(person: Person, v: Field) -> Field:
    """Return the inner half-width of the rib cage at height `v`, 0 above the lung tips."""
    rise = np.clip((BASE - v) / (BASE - person.apex), 0, 1)
    return person.chest * np.sqrt(1 - rise**2.3)


def build_thorax(person: Person, *, view: View, inspiration: float, heart_scale: float) -> Thorax:
    """Build the soft parts of a chest.

    Parameters
    ----------
    person
        Whose chest it is.
    view
        'AP' shows a larger heart and higher diaphragms, as in bedside films.
    inspiration
        0 is deep, 1 is shallow.
    heart_scale
        Enlargement of the heart by disease; 1 is none.
    """
    v = grid().v
    u = grid().u - person.scoliosis * np.sin(np.pi * v)
    bedside = view == "AP"
    lift = 0.16 * inspiration + 0.05 * bedside
    domes = (person.domes[0] - lift, person.domes[1] - lift)
    size = person.heart * heart_scale * (1.12 if bedside else 1.0)
    lungs, recess = _lungs(person, u, v, domes)
    heart = _heart(person, u, size=size, bottom=domes[1], wide=1.12 if bedside else 1.0)
    # the heart takes the place of lung, but some lung lies before and behind it
    air = lungs * (1 - 0.88 * heart) + recess * (1 - 0.9 * heart)
    tissue = _trunk(person, u) + 0.07 * heart * step(v - domes[1], 0.05)
    tissue += _breasts(person, u, v, bedside=bedside)
    tissue -= _stomach(person, u, v, domes[1])
    band = columns_within(0.2)
    tissue[:, band] -= _windpipe(u[:, band], v)
    return Thorax(u=u, tissue=tissue, air=air, domes=domes)


def _lungs(person: Person, u: Field, v: Field, domes: tuple[float, float]) -> tuple[Field, Field]:
    """Return the air above the diaphragm and that in the recess behind it."""
    side = np.abs(u)
    wall = np.clip((rib_cage(person, v) - side) / 0.22, 0, 1)
    hilum = np.clip((side - 0.05) / 0.22, 0, 1)
    bulk = np.sqrt(wall * (2 - wall) * hilum * (2 - hilum))
    height = np.where(u < 0, *domes)
    across = (side - 0.5 * person.chest) / (0.5 * person.chest)
    floor = height + np.where(across > 0, 0.21, 0.07) * across * across
    above = step(v - floor, 0.006)
    recess = step(v - floor - 0.10, 0.04) * (1 - above)
    return bulk * above, 0.14 * bulk * recess


def _heart(person: Person, u: Field, *, size: float, bottom: float, wide: float) -> Field:
    """Return the thickness of heart and great vessels, 0 to 1, between their two borders."""
    knob = wide * (0.07 + person.knob)
    notch, waist = 0.095 * wide, 0.135 * wide * size**0.5
    point = bottom - 0.03
    left = curve(
        [
            (-1.0, 0.055),
            (-0.42, 0.07 * wide),
            (-0.33, 0.96 * knob),
            (-0.26, knob),
            (-0.19, notch),
            (-0.13, waist),
            (-0.04, 0.16 * size),
            (point - 0.24, 0.26 * size),
            (point - 0.10, 0.37 * size),
            (point, 0.41 * size),
            (point + 0.09, 0.36 * size),
            (point + 0.16, 0.10),
        ],
        0.022,
    )
    right = curve(
        [
            (-1.0, 0.055),
            (-0.42, 0.075 * wide),
            (-0.12, 0.09 * wide),
            (point - 0.34, 0.12 * size),
            (point - 0.20, 0.165 * size),
            (point - 0.08, 0.165 * size),
            (point + 0.05, 0.13 * size),
            (point + 0.16, 0.08),
        ],
        0.03,
    )
    across = (2 * u + right - left) / (left + right)
    turn = 1 + 0.15 * np.sin(person.heart_tilt * across)
    return np.clip(turn * np.sqrt(dome(across * across)), 0, 1)


def _trunk(person: Person, u: Field) -> Field:
    """Return the thickness of neck, shoulders, arms and trunk, about 1 in the middle."""
    stout = 0.12 * person.habitus
    widths = [(-1.3, 0.24), (-1.0, 0.25), (-0.88, 0.36), (-0.76, 0.72), (-0.6, 0.86), (-0.2, 0.82)]
    widths += [(0.3, 0.80), (0.8, 0.82), (1.3, 0.86)]
    depths = [(-1.2, 0.62), (-0.9, 0.62), (-0.6, 0.84), (-0.2, 0.95), (0.3, 1.02), (1.2, 1.18)]
    width, depth = curve(widths, 0.045) + stout, curve(depths, 0.05) + 0.8 * stout
    trunk = depth * np.sqrt(dome((u / width) ** 2))
    shoulder = np.abs(u) - (0.99 + 0.6 * stout) - 0.10 * (grid().v + 0.4)
    arm = 0.55 * dome((shoulder / (0.17 + 0.4 * stout)) ** 2) * step(-grid().v - 0.62, 0.05)
    return np.maximum(trunk, arm)


def _breasts(person: Person, u: Field, v: Field, *, bedside: bool) -> Field:
    """Return the thickness of the breasts, with their crisp lower rim, or of chest muscle."""
    side = np.abs(u)
    if person.breast == 0:
        upright = step(v - 0.02, 0.10) * step(-v - 0.55, 0.06)
        return 0.05 * upright * step(np.abs(side - 0.4) - 0.25, 0.05)
    centre = (0.46 if bedside else 0.40, 0.12 + 0.06 * person.breast)
    radii = (0.25 + 0.06 * person.breast, 0.20 + 0.12 * person.breast)
    thickness = dome(ellipse(side, v, centre, radii))
    slope = step(centre[1] - 0.09 - v, 0.05)
    return 0.19 * person.breast * thickness * slope


def _windpipe(u: Field, v: Field) -> Field:
    """Return the air in trachea and main bronchi."""
    bend = u + 0.012 * np.sin(3 * v)
    trachea = dome((bend / 0.040) ** 2) * step(v + 0.24, 0.03)
    fork = np.abs(u) - 0.02 - 0.75 * (v + 0.24)
    bronchi = 0.6 * dome((fork / 0.035) ** 2) * step(np.abs(v + 0.16) - 0.08, 0.015)
    return 0.11 * np.maximum(trachea, bronchi)


def _stomach(person: Person, u: Field, v: Field, left_dome: float) -> Field:
    """Return the gas below the left diaphragm: round above, level below where fluid stands."""
    size = 0.05 + 0.06 * person.gas
    level = left_dome + 0.06 + size
    rise = dome(((u - 0.31) / (1.7 * size)) ** 2)
    return 0.20 * person.gas * step(v - level, 0.008) * step(level - size * rise - v, 0.015) * rise
