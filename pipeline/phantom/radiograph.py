"""One radiograph of one person: anatomy, findings and exposure put together."""

from dataclasses import dataclass

import numpy as np

from pipeline.phantom.benign import KINDS, build_benign, heart_scale
from pipeline.phantom.bones import build_bones
from pipeline.phantom.canvas import Field, texture
from pipeline.phantom.devices import build_devices
from pipeline.phantom.exposure import Exposure, draw_exposure, expose, to_film
from pipeline.phantom.opacity import build_opacities
from pipeline.phantom.person import Person, View
from pipeline.phantom.thorax import build_thorax
from pipeline.phantom.vessels import build_vessels

OPACITY, OTHER, NORMAL = "Lung Opacity", "No Lung Opacity / Not Normal", "Normal"
"""The detailed classes of the RSNA challenge."""

AIR = 0.62
"""Density that a full thickness of aerated lung takes away from soft tissue."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Tissue:
    """What a person's lungs keep from image to image, costly enough to draw once.

    Attributes
    ----------
    vessels
        ndarray of shape (SIDE, SIDE): density of the vessel trees.
    grain
        ndarray of shape (SIDE, SIDE): uneven thickness, mean 0, standard deviation 1.
    """

    vessels: Field
    grain: Field


def build_tissue(person: Person) -> Tissue:
    """Draw a person's vessels and tissue texture from the seed they carry."""
    rng = np.random.default_rng(person.seed)
    return Tissue(vessels=build_vessels(person, rng), grain=texture(rng, 1.2))


@dataclass(frozen=True)
class Radiograph:
    """A finished picture.

    Attributes
    ----------
    brightness
        ndarray of shape (rows, columns), bone bright; 0 to 1 is the film's range.
    boxes
        x, y, width, height of each opacity in pixels.
    """

    brightness: Field
    boxes: tuple[Box, ...]


def take_radiograph(
    person: Person,
    tissue: Tissue,
    *,
    finding: str,
    view: View,
    size: tuple[int, int],
    rng: np.random.Generator,
) -> Radiograph:
    """Take a radiograph.

    Parameters
    ----------
    person
        Who stands before the detector.
    tissue
        That person's :func:`build_tissue`.
    finding
        One of the detailed classes of the RSNA challenge.
    view
        'PA' or 'AP'.
    size
        Rows and columns in pixels.
    rng
        Draws everything that differs between two images of one person.
    """
    kinds = _draw_kinds(finding, rng)
    thorax = build_thorax(
        person,
        view=view,
        inspiration=float(np.clip(rng.normal(0.35, 0.25), 0, 1)),
        heart_scale=heart_scale(kinds, rng),
    )
    count = int(rng.choice([1, 2, 3], p=[0.35, 0.4, 0.25])) if finding == OPACITY else 0
    opacities = build_opacities(thorax, rng, count=count)
    benign = build_benign(thorax, kinds, rng)
    full = np.maximum(opacities.fill, benign.fill)
    # vessels show only against air, so they drown in an opacity
    air = thorax.air * (1 - full)
    density = thorax.tissue * (1 + 0.012 * tissue.grain) - AIR * air * (1 - 0.02 * tissue.grain)
    density += tissue.vessels * air + benign.density
    density += build_bones(person, thorax, view=view) * np.clip(1.15 - 0.25 * thorax.tissue, 0, 1)
    density += build_devices(person, view, rng)
    exposure = draw_exposure(view, size, person.habitus, rng)
    boxes = tuple(_box(outline, exposure) for outline in opacities.outlines)
    return Radiograph(brightness=expose(density, exposure, rng), boxes=boxes)


def _draw_kinds(finding: str, rng: np.random.Generator) -> tuple[str, ...]:
    """Return the findings other than pneumonia that the image shows."""
    if finding == NORMAL:
        return ()
    share = 1.0 if finding == OTHER else 0.35
    count = int(rng.integers(1, 3)) if rng.random() < share else 0
    return tuple(sorted(rng.choice(KINDS, size=count, replace=False).tolist()))


def _box(outline: Field, exposure: Exposure) -> Box:
    """Return the box around an outline on the film, in whole pixels, inside the picture."""
    points = to_film(outline, exposure)
    limits = np.array([exposure.columns, exposure.rows])
    low = np.clip(np.floor(points.min(axis=0)), 0, limits - 1)
    high = np.clip(np.ceil(points.max(axis=0)) + 1, low + 1, limits)
    x, y = (float(value) for value in low)
    width, height = (float(value) for value in high - low)
    return x, y, width, height
