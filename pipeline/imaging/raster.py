"""PNG, JPEG and TIFF files, decoded through Pillow."""

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from pipeline.imaging.codestream import read_size
from pipeline.imaging.crumbs import PIECES, refuse_crumbs
from pipeline.imaging.header import Header
from pipeline.imaging.image import ANY_SIDE, Image, UnreadableImage, check_size
from pipeline.imaging.jpeg import find_reduction, open_whole
from pipeline.imaging.png import without_long_texts
from pipeline.imaging.tiff import BIG_INTEL, BIG_MOTOROLA, Samples, declined, holds_more
from pipeline.imaging.tiff_directory import refuse_many_values

FORMATS = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    BIG_INTEL: "TIFF",
    BIG_MOTOROLA: "TIFF",
}

_TIFF = "its kind of TIFF is not supported (grey and RGB of 8 bits, grey of 16 and 32 bits are)"
_JPEG = "its kind of JPEG is not supported outside DICOM files (8 bits with Huffman coding are)"
_BAND = 256  # rows
_LONGEST_EXIF = 2**20  # bytes; cameras write some ten thousand
_ORIENTATION = 0x0112  # tag of Exif
_UPRIGHT = 1
_LYING = frozenset({5, 6, 7, 8})  # orientations that are rotated by 90 degrees
_PLAIN = frozenset({"L", "RGB"})  # modes whose grey is a weighted sum of the channels

_BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,  # Pillow's own choice for a broken PNG
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def format_of(data: bytes) -> str | None:
    """Return the name of the image format that bytes begin as, or None."""
    return next((name for mark, name in FORMATS.items() if data.startswith(mark)), None)


def read_raster(data: bytes, *, side: int | None = None) -> Image:
    """Decode a PNG, JPEG or TIFF file.

    Colour becomes grey by its luma. Images of more than 8 bits, and of signed ones, are spread over
    the values that occur, as for DICOM without a window. The orientation that a camera wrote down
    is honoured.

    Parameters
    ----------
    data
        The whole file.
    side
        As for :func:`pipeline.imaging.read.read_image`.

    Raises
    ------
    UnreadableImage
        If it is truncated or damaged, holds several frames, claims an impossible size or is of a
        kind that is not supported.
    """
    refuse_crumbs(data)
    refuse_many_values(data)
    whole_file = data
    if format_of(data) == "PNG":
        data = without_long_texts(data)
    try:
        with Pillow.open(io.BytesIO(data), formats=sorted(set(FORMATS.values()))) as image:
            check_size(image.height, image.width)
            samples = Samples.of(image)
            if holds_more(image, len(data)) if samples else getattr(image, "n_frames", 1) > 1:
                raise UnreadableImage("the file holds several frames")
            orientation = _orientation(image)
            upright, factor = (image.height, image.width), 1
            whole: Pillow.Image = image
            if image.format == "JPEG":
                if side == ANY_SIDE or (orientation == _UPRIGHT and image.mode in _PLAIN):
                    factor = find_reduction(*upright, side)
                whole = open_whole(data, reduce=factor)
            grey = _grey(ImageOps.exif_transpose(whole), samples)
            if samples:
                upright = grey.shape  # Pillow turns these while it decodes
            elif orientation in _LYING:
                upright = upright[::-1]
    except Pillow.DecompressionBombError:
        raise UnreadableImage("its header claims an impossible size") from None
    except UnidentifiedImageError:
        reason = _TIFF if format_of(data) == "TIFF" and declined(data) else "its header is damaged"
        raise UnreadableImage(_unsupported_jpeg(data) or reason) from None
    except _BROKEN:
        reason = _unsupported_jpeg(data) or "its pixels are truncated or damaged"
        raise UnreadableImage(reason) from None
    return Image(grey, upright, whole_file, Header(), factor)


def _orientation(image: Pillow.Image) -> int:
    """Return how a camera was held, unless its data are so long that reading them takes long."""
    if len(image.info.get("exif", b"")) > _LONGEST_EXIF:
        raise UnreadableImage(PIECES)
    orientation: int = image.getexif().get(_ORIENTATION, _UPRIGHT)
    return orientation


def _unsupported_jpeg(data: bytes) -> str | None:
    """Return why a JPEG file is not read although it may be whole; None if it is none of those."""
    if format_of(data) != "JPEG":
        return None
    coded = read_size(data)
    return _JPEG if coded is not None and not coded.is_common else None


def _grey(image: Pillow.Image, samples: Samples | None) -> np.ndarray:
    """Return uint8 greys of shape (rows, columns)."""
    signed = samples is not None and samples.signed
    if image.mode not in {"F", "I"} and not image.mode.startswith("I;16") and not signed:
        try:
            return np.asarray(image.convert("L"))
        except ValueError:
            raise UnreadableImage("its colour space is not supported") from None
    pixels = np.asarray(image)
    low, high = np.inf, -np.inf
    for band in _bands(pixels):
        values = _values(pixels[band], samples)
        numbers = values[np.isfinite(values)]
        low, high = numbers.min(initial=low), numbers.max(initial=high)
    if low > high:
        raise UnreadableImage("its pixels are no numbers")
    grey = np.empty(pixels.shape, np.uint8)
    for band in _bands(pixels):
        values = _values(pixels[band], samples)
        values = np.where(np.isfinite(values), values, low)  # black, as in DICOM
        grey[band] = np.rint((values - low) * (255 / max(high - low, 1e-300)))
    return grey


def _bands(pixels: np.ndarray) -> Iterator[slice]:
    """Yield bands of rows, of which some arrays of eight bytes a pixel take little memory."""
    return (slice(at, at + _BAND) for at in range(0, len(pixels), _BAND))


def _values(pixels: np.ndarray, samples: Samples | None) -> np.ndarray:
    return samples.values(pixels) if samples else pixels.astype(np.float64)
