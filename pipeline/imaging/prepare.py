"""One square size for all images, with nothing cut off and nothing stretched."""

import numpy as np
from PIL import Image as Pillow


def prepare(grey: np.ndarray, size: int) -> np.ndarray:
    """Fit a whole image into a black square.

    The longer side is brought down to `size` with an antialiased bicubic filter, the shorter one
    in proportion; an image that is small enough already keeps its pixels. The rest of the square
    is black, in equal parts on both sides.

    Parameters
    ----------
    grey
        uint8 of shape (rows, columns).
    size
        Side of the square in pixels.

    Returns
    -------
    ndarray
        uint8 of shape (size, size).
    """
    rows, columns = grey.shape
    scale = min(1.0, size / max(rows, columns))
    if scale < 1:
        rows, columns = max(round(rows * scale), 1), max(round(columns * scale), 1)
        image = Pillow.fromarray(grey)
        grey = np.asarray(image.resize((columns, rows), Pillow.Resampling.BICUBIC))
    square = np.zeros((size, size), np.uint8)
    top, left = (size - rows) // 2, (size - columns) // 2
    square[top : top + rows, left : left + columns] = grey
    return square
