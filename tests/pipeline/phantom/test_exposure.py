"""Where things end up on the film."""

import numpy as np
import pytest

from pipeline.phantom.canvas import EXTENT, grid
from pipeline.phantom.exposure import Exposure, draw_exposure, expose, to_film


def an_exposure(**changes):
    perfect = {
        "rows": 512,
        "columns": 448,
        "angle": 0.0,
        "scale": 1.0,
        "shift": (0.0, 0.0),
        "brightness": 0.0,
        "contrast": 1.0,
        "gamma": 1.0,
        "veil": 0.0,
        "noise": 0.0,
    }
    return Exposure(**(perfect | changes))


def test_the_midpoint_of_the_body_is_the_midpoint_of_the_film():
    np.testing.assert_allclose(to_film(np.zeros((1, 2)), an_exposure()), [[223.5, 255.5]])


@pytest.mark.parametrize(
    "pose", [{}, {"angle": 0.1}, {"scale": 1.2}, {"shift": (0.1, -0.05)}, {"rows": 448}]
)
def test_pixels_and_boxes_move_together(pose):
    exposure = an_exposure(**pose)
    centre = np.array([[0.4, -0.3]])
    spot = np.exp(-((grid().u - 0.4) ** 2 + (grid().v + 0.3) ** 2) / 0.02**2)
    slope = 0.1 * grid().v / EXTENT
    film = expose(spot + slope, exposure, np.random.default_rng(0))
    row, column = np.unravel_index(film.argmax(), film.shape)
    np.testing.assert_allclose(to_film(centre, exposure), [[column, row]], atol=1.5)


def test_bedside_films_vary_more():
    def spread(view):
        drawn = [draw_exposure(view, (512, 512), 0.5, np.random.default_rng(k)) for k in range(200)]
        return np.std([exposure.brightness for exposure in drawn])

    assert spread("AP") > 1.3 * spread("PA")
