"""A decoded radiograph, the error of an unreadable file, and limits on size."""

import hashlib
from dataclasses import dataclass

import numpy as np

from pipeline.imaging.header import Header
from radbank.errors import RadbankError

#: Pixels an image may have: 8192 x 8192, four times the largest flat-panel detectors. More is
#: taken for a broken or hostile header and refused before any memory is set aside.
MAX_PIXELS = 2**26

#: Instead of a side in pixels: decode at any size, only to find out whether there is an image.
ANY_SIDE = 0

#: Bytes that decoded pixels, or an inflated file, may take: four for each of so many pixels.
MAX_BYTES = 4 * MAX_PIXELS

#: Bytes of a file that is read at all: films of many frames have some hundred million.
MAX_FILE = 2**31


class UnreadableImage(RadbankError):  # noqa: N818 - it says a state of the file
    """The reason why a file cannot be used: one clause without path or header values."""


@dataclass(frozen=True)
class Image:
    """One radiograph.

    Attributes
    ----------
    grey
        uint8 of shape (rows, columns): 0 is black, air is dark, bone is bright. Its pixels are
        square, but for a look.
    shape
        Rows and columns of the whole image, with square pixels.
    encoded
        The pixels as the file holds them: the value of the Pixel Data element of a DICOM file,
        the whole file otherwise.
    header
        What may leave the file's header.
    factor
        By which the sides of `grey` are smaller than those of the whole image, rounded up.
    cautions
        What is doubtful about it: clauses without path or header values.
    """

    grey: np.ndarray
    shape: tuple[int, int]
    encoded: bytes
    header: Header
    factor: int = 1
    cautions: tuple[str, ...] = ()

    @property
    def encoded_sha256(self) -> str:
        """SHA-256 of the pixels as the file holds them."""
        return hashlib.sha256(self.encoded).hexdigest()


def check_size(rows: int, columns: int) -> None:
    """Refuse dimensions that no radiograph has, before memory is set aside for them.

    Raises
    ------
    UnreadableImage
        If a side is zero or the product is above :data:`MAX_PIXELS`.
    """
    if rows < 1 or columns < 1:
        raise UnreadableImage("its header gives no image size")
    if rows * columns > MAX_PIXELS:
        raise UnreadableImage(f"its header claims more than {MAX_PIXELS:,} pixels")
