"""Resample an image whose pixels are not square, so that later steps do not stretch it."""

import numpy as np
from PIL import Image as Pillow
from pydicom import Dataset

from pipeline.imaging.broken import BROKEN
from pipeline.imaging.image import UnreadableImage, check_size

#: Row spacing, then column spacing, in mm (PS3.3 10.7.1.3); last, their ratio (C.7.6.3.1.7).
_SPACINGS = (
    "PixelSpacing",
    "ImagerPixelSpacing",
    "NominalScannedPixelSpacing",
    "PixelAspectRatio",
)
_TOLERANCE = 0.01  # spacings are often rounded: an image of a hundred pixels is one pixel off
_EXTREME = 16.0


def pixel_aspect(dataset: Dataset) -> float:
    """Return a pixel's height over its width; 1 where the header does not say.

    Raises
    ------
    UnreadableImage
        If it is beyond what any scanner does.
    """
    for keyword in _SPACINGS:
        try:
            height, width = map(float, dataset.get(keyword) or ())
        except BROKEN:
            continue  # not two numbers: the next one may be
        if height > 0 and width > 0:
            aspect = height / width
            if not 1 / _EXTREME <= aspect <= _EXTREME:
                raise UnreadableImage("its header gives its pixels impossible proportions")
            return 1.0 if abs(aspect - 1) < _TOLERANCE else aspect
    return 1.0


def square_pixels(grey: np.ndarray, aspect: float) -> np.ndarray:
    """Enlarge an image along the side on which its pixels lie further apart.

    Parameters
    ----------
    grey
        uint8 of shape (rows, columns).
    aspect
        A pixel's height over its width.

    Returns
    -------
    ndarray
        uint8, with pixels as high as wide.
    """
    if aspect == 1:
        return grey
    rows, columns = grey.shape
    rows, columns = round(rows * max(aspect, 1)), round(columns / min(aspect, 1))
    check_size(rows, columns)
    image = Pillow.fromarray(grey)
    return np.asarray(image.resize((columns, rows), Pillow.Resampling.BICUBIC))
