"""DICOM files: parsed, checked, decoded and brought to greys through pydicom."""

import numpy as np
from pydicom import Dataset

from pipeline.imaging.aspect import pixel_aspect, square_pixels
from pipeline.imaging.bounds import is_large
from pipeline.imaging.broken import BROKEN
from pipeline.imaging.caution import find_cautions
from pipeline.imaging.description import MONOCHROME, PIXELS, Description, complete, describe
from pipeline.imaging.grey import is_inverse, to_grey
from pipeline.imaging.header import read_header
from pipeline.imaging.image import ANY_SIDE, Image, UnreadableImage
from pipeline.imaging.jpeg import find_reduction
from pipeline.imaging.palette import apply_palette, count_bits
from pipeline.imaging.parse import parse
from pipeline.imaging.pixels import decode_frame
from pipeline.imaging.plain import is_monotone, stores_greys
from pipeline.imaging.stream import DAMAGED

_PIXEL_DATA = (b"\xe0\x7f\x10\x00", b"\x7f\xe0\x00\x10")  # little and big endian
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as PS3.3 C.7.6.3.1.2 defines Y


def read_dicom(data: bytes, *, frame: int | None = None, side: int | None = None) -> Image:
    """Decode a DICOM file.

    Parameters
    ----------
    data
        The whole file.
    frame
        Which one of several frames, from 1; None refuses files with several.
    side
        As for :func:`pipeline.imaging.read.read_image`.

    Raises
    ------
    UnreadableImage
        If it is damaged, holds no pixels or not the asked frame, claims an impossible size, or
        is coded in a way for which no decoder is installed.
    """
    dataset = parse(data)
    pixels_in = next((keyword for keyword in PIXELS if keyword in dataset), None)
    if pixels_in is None:
        coded = sum(data.count(code) for code in _PIXEL_DATA)
        if coded and any(map(is_large, dataset.values())):
            raise UnreadableImage("the file holds no pixel data outside of its sequences")
        if coded and coded > _count_icons(dataset):
            raise UnreadableImage("the file is truncated or its structure is damaged")
        if len(dataset) == 0:
            raise UnreadableImage("its DICOM structure is damaged")
        raise UnreadableImage("the file holds no pixel data")
    encoded = _encoded(dataset, pixels_in)
    named = describe(dataset)
    lacking = complete(dataset, named)
    rows, columns = named.rows, named.columns
    aspect = pixel_aspect(dataset)
    if side == ANY_SIDE:
        reducible = is_monotone(dataset)
    else:
        reducible = aspect == 1 and stores_greys(dataset, named)
    factor = find_reduction(rows, columns, side) if reducible else 1
    pixels, description = decode_frame(dataset, named, frame, reduce=factor)
    try:
        grey = as_grey(pixels, dataset, description)
        cautions = find_cautions(dataset, named, description, lacking=lacking)
    except BROKEN:
        raise UnreadableImage("its rescale, window or lookup tables are damaged") from None
    if grey.shape == (rows, columns):
        if np.ptp(grey) == 0 and np.ptp(pixels) > 0:
            raise UnreadableImage("its rescale or window gives all its pixels the same grey")
        factor = 1
        grey = square_pixels(grey, aspect)
    shape = (round(rows * max(aspect, 1)), round(columns / min(aspect, 1)))
    return Image(grey, shape, encoded, read_header(dataset), factor, cautions)


def _encoded(dataset: Dataset, keyword: str) -> bytes:
    """Return the pixels as the file holds them."""
    try:
        value: bytes = dataset.get_item(keyword).value
    except BROKEN:
        raise UnreadableImage(DAMAGED) from None
    return value


def _count_icons(dataset: Dataset) -> int:
    """Return how many items of sequences hold pixels, such as the icon of a key object."""
    try:
        return sum(element.keyword in PIXELS for element in dataset.iterall())
    except BROKEN:
        return 0


def as_grey(pixels: np.ndarray, dataset: Dataset, description: Description) -> np.ndarray:
    """Turn decoded pixels into greys.

    Parameters
    ----------
    pixels
        Of shape (rows, columns) or (rows, columns, 3), as decoded.
    dataset
        The data set they came from.
    description
        What is known of them.

    Returns
    -------
    ndarray
        uint8 of shape (rows, columns).
    """
    interpretation = description.interpretation
    if interpretation in MONOCHROME:
        if pixels.dtype == np.uint8 and stores_greys(dataset, description):
            return ~pixels if is_inverse(dataset) else pixels
        return to_grey(pixels, dataset, description)
    bits = description.stored
    if interpretation == "PALETTE COLOR":
        pixels = apply_palette(pixels, dataset)
        bits = count_bits(dataset, pixels)
    # the rows sum to one, so white stays white
    luma = pixels @ _LUMA * (255 / (2**bits - 1))
    grey: np.ndarray = np.rint(luma).clip(0, 255).astype(np.uint8)
    return grey
