"""Read a radiograph of any format as 8-bit grey, upright; or raise one clear reason."""

import os
from pathlib import Path

import numpy as np

from pipeline.imaging.dicom import read_dicom
from pipeline.imaging.image import MAX_FILE, Image, UnreadableImage
from pipeline.imaging.parse import is_dicom
from pipeline.imaging.quiet import quiet
from pipeline.imaging.raster import format_of, read_raster

__all__ = ["UnreadableImage", "read_grey", "read_image"]

_HEAD = 200  # bytes that tell what a file is
_CERTAIN = 3  # a reduced image that spans so many greys comes from one with at least two


def read_image(path: Path, *, frame: int | None = None, side: int | None = None) -> Image:
    """Decode a DICOM, PNG, JPEG or TIFF file, told apart by content.

    Parameters
    ----------
    path
        The file.
    frame
        Which one of several frames of a DICOM file, from 1; None refuses files with several.
    side
        Pixels that the longer side will be reduced to. The image may be decoded at a fraction of
        its size if the coding allows that, the fraction is at least as large as `side`, and the
        greys equal those of the whole image reduced to it.
        :data:`~pipeline.imaging.image.ANY_SIDE` allows any fraction, None only the full size. The
        same files are refused for the same reasons.

    Raises
    ------
    UnreadableImage
        If the file cannot be used: one clause that says why.
    """
    data = _read_bytes(path)
    try:
        with quiet():
            image = _decode(data, frame, side)
            span = np.ptp(image.grey)
            if image.factor > 1 and span < _CERTAIN:
                image = _decode(data, frame, None)
                span = np.ptp(image.grey)
    except MemoryError:
        raise UnreadableImage("it needs more memory than there is") from None
    # broken files can decode to one flat grey without any error (pydicom issue 966)
    if span == 0:
        raise UnreadableImage("all its pixels have the same grey")
    return image


def read_grey(path: Path, *, frame: int | None = None) -> np.ndarray:
    """Decode a DICOM, PNG, JPEG or TIFF file to uint8 greys of shape (rows, columns).

    Parameters
    ----------
    path, frame
        As for :func:`read_image`.

    Raises
    ------
    UnreadableImage
        If the file cannot be used: one clause that says why.
    """
    return read_image(path, frame=frame).grey


def _read_bytes(path: Path) -> bytes:
    """Read a file whole, if it is an image by its first bytes and no larger than images are."""
    if not path.is_file():
        raise UnreadableImage("the file cannot be opened")
    try:
        with path.open("rb", buffering=0) as file:
            head = file.read(_HEAD)
            if not head:
                raise UnreadableImage("the file is empty")
            if not is_dicom(head) and not format_of(head):
                raise UnreadableImage("it is not a DICOM, PNG, JPEG or TIFF file")
            if os.fstat(file.fileno()).st_size > MAX_FILE:
                raise UnreadableImage(f"the file is larger than {MAX_FILE:,} bytes")
            file.seek(0)
            return file.readall()
    except OSError:
        raise UnreadableImage("the file cannot be opened") from None
    except MemoryError:
        raise UnreadableImage("it needs more memory than there is") from None


def _decode(data: bytes, frame: int | None, side: int | None) -> Image:
    if is_dicom(data):
        return read_dicom(data, frame=frame, side=side)
    return read_raster(data, side=side)
