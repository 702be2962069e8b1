"""Any radiograph file in; 8-bit grey, the right way round, out; or one clear reason."""

from pathlib import Path

import numpy as np

from pipeline.imaging.dicom import is_dicom, read_dicom
from pipeline.imaging.image import Image, UnreadableImage
from pipeline.imaging.quiet import quiet
from pipeline.imaging.raster import format_of, read_raster

__all__ = ["UnreadableImage", "read_grey", "read_image"]


def read_image(path: Path) -> Image:
    """Decode a DICOM, PNG, JPEG or TIFF file, told apart by content.

    Raises
    ------
    UnreadableImage
        If the file cannot be used: one clause that says why.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise UnreadableImage("the file cannot be opened") from None
    if not data:
        raise UnreadableImage("the file is empty")
    with quiet():
        if is_dicom(data):
            image = read_dicom(data)
        elif format_of(data):
            image = read_raster(data)
        else:
            raise UnreadableImage("it is not a DICOM, PNG, JPEG or TIFF file")
    # broken files can decode to one flat grey without any error (pydicom issue 966)
    if image.grey.min() == image.grey.max():
        raise UnreadableImage("all its pixels have the same grey")
    return image


def read_grey(path: Path) -> np.ndarray:
    """Decode a DICOM, PNG, JPEG or TIFF file to uint8 greys of shape (rows, columns).

    Raises
    ------
    UnreadableImage
        If the file cannot be used: one clause that says why.
    """
    return read_image(path).grey
