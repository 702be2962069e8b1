"""Resize and pad images to one square size, without cropping or stretching."""

from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from pipeline.imaging.image import UnreadableImage
from pipeline.imaging.read import read_image


def prepare_file(
    path: Path, size: int, *, frame: int | None = None, sha256: str | None = None
) -> np.ndarray:
    """Read an image file, no larger than it takes, and fit it into a black square.

    Parameters
    ----------
    path, frame
        As for :func:`~pipeline.imaging.read.read_image`.
    size
        Side of the square in pixels.
    sha256
        Of the encoded pixels that the file has to hold; None: of any.

    Returns
    -------
    ndarray
        uint8 of shape (size, size).

    Raises
    ------
    UnreadableImage
        If the file cannot be used, or holds other pixels: one clause that says why.
    """
    image = read_image(path, frame=frame, side=size)
    if sha256 not in (None, image.encoded_sha256):
        raise UnreadableImage("it holds other pixels")
    return prepare(image.grey, size, shape=image.shape, factor=image.factor)


def prepare(
    grey: np.ndarray, size: int, *, shape: tuple[int, int] | None = None, factor: int = 1
) -> np.ndarray:
    """Fit a whole image into a black square.

    The longer side is brought down to `size` with an antialiased bicubic filter, the shorter one
    in proportion; an image that is small enough already keeps its pixels. The rest of the square
    is black, in equal parts on both sides.

    Parameters
    ----------
    grey
        uint8 of shape (rows, columns): the image, or the image decoded at a fraction of its size.
    size
        Side of the square in pixels.
    shape
        Rows and columns of the whole image; None: those of `grey`.
    factor
        By which the sides of `grey` are smaller than those of the whole image, rounded up.

    Returns
    -------
    ndarray
        uint8 of shape (size, size).
    """
    rows, columns = shape or grey.shape
    scale = min(1.0, size / max(rows, columns))
    if scale < 1:
        # where a side is no multiple of the factor, the last decoded pixels reach beyond the image
        seen = (0, 0, columns / factor, rows / factor)
        rows, columns = max(round(rows * scale), 1), max(round(columns * scale), 1)
        image = Pillow.fromarray(grey)
        grey = np.asarray(image.resize((columns, rows), Pillow.Resampling.BICUBIC, seen))
    square = np.zeros((size, size), np.uint8)
    top, left = (size - rows) // 2, (size - columns) // 2
    square[top : top + rows, left : left + columns] = grey
    return square
