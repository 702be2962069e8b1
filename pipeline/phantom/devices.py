"""Lines, leads and implants, commoner on bedside films."""

import numpy as np

from pipeline.phantom.canvas import SIDE, Field, Stroke, draw, ellipse, grid, step
from pipeline.phantom.person import Person, View


def build_devices(person: Person, view: View, rng: np.random.Generator) -> Field:
    """Return the density of whatever has been put on or into the person.

    Parameters
    ----------
    person
        Whose pacemaker shows on every image.
    view
        'AP' films show leads and lines in most cases.
    rng
        Draws what there is and where.
    """
    bedside = view == "AP"
    strokes: list[Stroke] = []
    density = np.zeros((SIDE, SIDE))
    if rng.random() < (0.55 if bedside else 0.06):
        cables = _leads(rng)
        strokes += cables + _electrodes(cables)
    if rng.random() < (0.35 if bedside else 0.05):
        strokes.append(_central_line(rng))
    if bedside and rng.random() < 0.25:
        strokes += _breathing_tube(rng)
    if person.pacemaker:
        strokes += _pacemaker_lead(rng)
        density += _pacemaker()
    return density + draw(strokes) if strokes else density


def _leads(rng: np.random.Generator) -> list[Stroke]:
    """Return two or three ECG cables that loop over the chest."""
    s = np.linspace(0, 1, 60)
    cables = []
    for _ in range(int(rng.integers(2, 4))):
        start = np.array([rng.uniform(-0.45, 0.45), rng.uniform(-0.5, 0.3)])
        end = np.array([rng.choice([-1, 1]) * rng.uniform(0.75, 1.0), rng.uniform(-0.4, 0.9)])
        sway = rng.normal(0, 0.12) * np.sin(np.pi * s) + rng.normal(0, 0.05) * np.sin(2 * np.pi * s)
        points = start + (end - start) * s[:, None] + sway[:, None] * np.array([0.5, 1.0])
        cables.append(Stroke(points, 0.8, rng.uniform(0.08, 0.14)))
    return cables


def _electrodes(cables: list[Stroke]) -> list[Stroke]:
    """Return the round electrode at the body end of each cable: a dot and its brighter stud."""
    dots = []
    for cable in cables:
        dash = cable.points[0] + np.array([[-0.004, 0.0], [0.004, 0.0]])
        dots += [Stroke(dash, 3.2, 0.8), Stroke(dash, 1.3, 0.4)]
    return dots


def _central_line(rng: np.random.Generator) -> Stroke:
    """Return a catheter from neck or collar bone down to the right atrium."""
    from_neck = rng.random() < 0.5
    knots = [(-0.16, -1.05) if from_neck else (-0.62, -0.72), (-0.14, -0.60), (-0.075, -0.35)]
    knots.append((-0.075, rng.uniform(-0.12, 0.08)))
    return Stroke(_smooth(knots), 0.9, 0.13)


def _breathing_tube(rng: np.random.Generator) -> list[Stroke]:
    """Return both walls of an endotracheal tube, its tip above the fork of the windpipe."""
    tip = rng.uniform(-0.46, -0.32)
    s = np.linspace(0, 1, 20)
    height = -1.2 + (tip + 1.2) * s
    return [
        Stroke(np.column_stack([offset + 0.01 * s, height]), 0.8, 0.10) for offset in (-0.02, 0.02)
    ]


def _pacemaker_lead(rng: np.random.Generator) -> list[Stroke]:
    """Return the lead from the generator through the vein to the right ventricle."""
    tip = (rng.uniform(0.10, 0.18), rng.uniform(0.26, 0.34))
    knots = [(0.42, -0.48), (0.22, -0.60), (-0.02, -0.50), (-0.07, -0.2), (-0.05, 0.1), tip]
    return [Stroke(_smooth(knots), 0.9, 0.25)]


def _pacemaker() -> Field:
    """Return the generator below the left collar bone."""
    shape = ellipse(grid().u, grid().v, (0.47, -0.42), (0.085, 0.070), 0.4)
    return 0.75 * step(np.sqrt(shape) - 1, 0.03)


def _smooth(knots: list[tuple[float, float]]) -> Field:
    """Return a Catmull-Rom curve through `knots`, 16 points a piece."""
    path = np.array([knots[0], *knots, knots[-1]])
    s = np.linspace(0, 1, 16)[:, None]
    pieces = []
    for a, b, c, d in zip(path, path[1:], path[2:], path[3:], strict=False):
        cubic = 2 * b + (c - a) * s + (2 * a - 5 * b + 4 * c - d) * s**2
        pieces.append(0.5 * (cubic + (3 * b - a - 3 * c + d) * s**3))
    return np.concatenate(pieces)
