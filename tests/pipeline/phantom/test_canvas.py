"""Brushes with known answers."""

import numpy as np
import pytest

from pipeline.phantom import canvas


def test_pixels_and_body_coordinates_agree():
    grid = canvas.grid()
    points = np.array([[grid.u[0, 7], grid.v[3, 0]]])
    np.testing.assert_allclose(canvas.to_pixels(points), [[7, 3]])


def test_a_stroke_has_the_density_it_names_and_fades_across():
    points = np.array([[-0.5, 0.0], [0.5, 0.0]])
    drawn = canvas.draw([canvas.Stroke(points, 2.0, 0.3)])
    middle = drawn[:, canvas.SIDE // 2]
    assert middle.max() == pytest.approx(0.3, rel=0.05)
    assert middle[:150].max() == 0


def test_strokes_beyond_the_canvas_are_cut_off():
    points = np.array([[0.0, -3.0], [0.0, 3.0]])
    drawn = canvas.draw([canvas.Stroke(points, 1.0, 1.0)])
    assert drawn[:, 0].max() == 0
    assert drawn[100].max() == pytest.approx(1.0, rel=0.05)


def test_no_strokes_draw_nothing():
    assert not canvas.draw([]).any()


def test_texture_is_standardised_and_smoother_with_slope():
    rough = canvas.texture(np.random.default_rng(0), 0.8)
    smooth = canvas.texture(np.random.default_rng(0), 2.0)
    for noise in (rough, smooth):
        assert noise.mean() == pytest.approx(0, abs=1e-9)
        assert noise.std() == pytest.approx(1)
    assert np.diff(smooth).std() < 0.3 * np.diff(rough).std()


def test_step_and_dome():
    np.testing.assert_allclose(canvas.step(np.array([-1e9, 0.0, 1e9]), 0.1), [1, 0.5, 0], atol=1e-9)
    np.testing.assert_allclose(canvas.dome(np.array([0.0, 0.75, 1.0, 4.0])), [1, 0.5, 0, 0])
