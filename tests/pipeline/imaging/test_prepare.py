import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.imaging.prepare import prepare


def test_a_small_image_keeps_its_pixels_in_the_middle():
    grey = np.full((3, 4), 9, np.uint8)
    square = prepare(grey, 8)
    assert np.array_equal(square[2:5, 2:6], grey)
    assert square.sum() == grey.sum()


def test_the_longer_side_is_brought_down_and_the_rest_is_black():
    square = prepare(np.full((100, 50), 200, np.uint8), 20)
    assert (square[:, 5:15] == 200).all()
    assert square[:, :5].max() == square[:, 15:].max() == 0


def test_reduction_is_antialiased():
    stripes = np.tile(np.array([0, 255], np.uint8), (64, 32))
    reduced = prepare(stripes, 8)
    assert np.abs(reduced.astype(int) - 127).max() < 20


@settings(max_examples=50, deadline=None)
@given(rows=st.integers(1, 90), columns=st.integers(1, 90), size=st.integers(32, 64))
def test_any_shape_fits_whole(rows, columns, size):
    square = prepare(np.full((rows, columns), 255, np.uint8), size)
    assert square.shape == (size, size)
    seen = square > 0
    height, width = seen.any(axis=1).sum(), seen.any(axis=0).sum()
    scale = min(1, size / max(rows, columns))
    assert abs(height - rows * scale) <= 1
    assert abs(width - columns * scale) <= 1
