"""The tags of a TIFF file that say what its samples mean, which Pillow passes over."""

import io
import struct
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow
from PIL import TiffImagePlugin

_WHITE_IS_ZERO = 0
_SIGNED = 2
_SIZE = (TiffImagePlugin.IMAGEWIDTH, TiffImagePlugin.IMAGELENGTH)
_PIXELS = (TiffImagePlugin.STRIPOFFSETS, TiffImagePlugin.TILEOFFSETS)

#: How BigTIFF begins in little-endian and in big-endian order; Pillow reads the first.
BIG_INTEL, BIG_MOTOROLA = b"II+\0", b"MM\0+"


@dataclass(frozen=True)
class Samples:
    """What the samples of a TIFF file mean (TIFF 6.0, sections 8 and 19).

    Attributes
    ----------
    inverse
        Whether low values are bright (PhotometricInterpretation is WhiteIsZero).
    signed
        Whether integers may be negative (SampleFormat).
    bits
        Of a sample.
    """

    inverse: bool
    signed: bool
    bits: int

    @classmethod
    def of(cls, image: Pillow.Image) -> "Samples | None":
        """Read the tags of an image before its pixels are decoded; None if it is no TIFF file."""
        if not isinstance(image, TiffImagePlugin.TiffImageFile):
            return None
        tags = image.tag_v2
        return cls(
            inverse=tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION, 0) == _WHITE_IS_ZERO,
            signed=_SIGNED in tags.get(TiffImagePlugin.SAMPLEFORMAT, (1,)),
            bits=tags.get(TiffImagePlugin.BITSPERSAMPLE, (1,))[0],
        )

    def values(self, pixels: np.ndarray) -> np.ndarray:
        """Return the values of grey samples, low ones dark, as numbers of any range.

        Parameters
        ----------
        pixels
            Of shape (rows, columns), as Pillow decodes them: signed integers of 8 bits as if they
            were unsigned, unsigned ones of 32 bits as if they were signed, and samples of more
            than 8 bits as stored, even if low ones are bright.
        """
        if pixels.dtype.kind in "iu" and self.bits in {8, 32}:
            kind = "i" if self.signed else "u"
            pixels = pixels.view(f"{kind}{pixels.dtype.itemsize}")
        values = pixels.astype(np.float64)
        return -values if self.inverse and self.bits > 8 else values


def holds_more(image: Pillow.Image, size: int) -> bool:
    """Say whether a second image follows the first, whatever its directory says.

    Parameters
    ----------
    image
        A TIFF file of which the first image is loaded.
    size
        Of the file in bytes.

    Raises
    ------
    OSError
        If there ought to be one and the file ends before.
    """
    assert isinstance(image, TiffImagePlugin.TiffImageFile)  # noqa: S101 - who asks knows it
    following: int = image.tag_v2.next
    if following >= size:
        raise OSError("the second directory is missing")
    return bool(following) and following != image.tag_v2.offset


def declined(data: bytes) -> bool:
    """Say whether the directory of a TIFF file is sound, so that it is Pillow that lacks a way."""
    if data.startswith(BIG_MOTOROLA):
        return True
    file = io.BytesIO(data)
    head = 16 if data.startswith(BIG_INTEL) else 8
    try:
        directory = TiffImagePlugin.ImageFileDirectory_v2(data[:head])
        file.seek(directory.next)
        directory.load(file)
        return all(directory[tag] for tag in _SIZE) and any(tag in directory for tag in _PIXELS)
    except (LookupError, OSError, SyntaxError, TypeError, ValueError, struct.error):
        return False
