"""DICOM files: parsed, checked and decoded through pydicom."""

import hashlib
import io
import struct
import zlib

import numpy as np
from pydicom import Dataset, FileDataset, dcmread
from pydicom.encaps import get_frame
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID, JPEGBaseline8Bit

from pipeline.imaging.grey import to_grey
from pipeline.imaging.header import read_header
from pipeline.imaging.image import Image, UnreadableImage, check_size
from pipeline.imaging.jpeg import is_whole

#: What pydicom and the decoders below it raise on bytes that make no sense.
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BytesLengthException,
    EOFError,
    InvalidDicomError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

_REQUIRED = ("Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated")
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_PIXEL_TAGS = (b"\xe0\x7f\x10\x00", b"\x7f\xe0\x00\x10")  # little and big endian
_MONOCHROME = frozenset({"MONOCHROME1", "MONOCHROME2"})
_COLOUR = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"})
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as PS3.3 C.7.6.3.1.2 defines Y


def is_dicom(data: bytes) -> bool:
    """Say whether bytes begin as a DICOM file does: 128 of any kind, then ``DICM``."""
    return data[128:132] == b"DICM"


def read_dicom(data: bytes) -> Image:
    """Decode a DICOM file.

    Parameters
    ----------
    data
        The whole file.

    Raises
    ------
    UnreadableImage
        If it is damaged, holds no pixels or several frames, claims an impossible size, or is
        coded in a way for which no decoder is installed.
    """
    dataset = _parse(data)
    keyword = next((keyword for keyword in _PIXELS if keyword in dataset), None)
    if keyword is None:
        if any(tag in data for tag in _PIXEL_TAGS):
            raise UnreadableImage("the file is truncated")
        raise UnreadableImage("the file holds no pixel data")
    try:
        _check(dataset)
        grey = _decode(dataset)
        encoded = dataset.get_item(keyword).value
        return Image(grey, hashlib.sha256(encoded).hexdigest(), read_header(dataset))
    except BROKEN:
        raise UnreadableImage("its pixels are truncated or damaged") from None


def _parse(data: bytes) -> FileDataset:
    try:
        return dcmread(io.BytesIO(data))
    except BROKEN:
        raise UnreadableImage("its DICOM structure is damaged") from None


def _check(dataset: FileDataset) -> None:
    """Refuse what is no single radiograph of a credible size, before decoding."""
    if any(dataset.get(keyword) is None for keyword in _REQUIRED):
        raise UnreadableImage("its header does not describe its pixels")
    check_size(int(dataset.Rows), int(dataset.Columns))
    if int(dataset.get("NumberOfFrames") or 1) > 1:
        raise UnreadableImage("the file holds several frames")
    if dataset.PhotometricInterpretation not in _MONOCHROME | _COLOUR | {"PALETTE COLOR"}:
        raise UnreadableImage("its photometric interpretation is not one of DICOM's still images")
    syntax = dataset.file_meta.get("TransferSyntaxUID", "")
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        raise UnreadableImage("its transfer syntax is unknown") from None
    if not decoder.is_available:
        raise UnreadableImage(f"no decoder for {UID(syntax).name} is installed")


def _decode(dataset: FileDataset) -> np.ndarray:
    """Return the pixels as uint8 greys of shape (rows, columns)."""
    baseline = dataset.file_meta.TransferSyntaxUID == JPEGBaseline8Bit
    try:
        pixels = pixel_array(dataset)
    except RuntimeError:  # every decoder gave up
        also = "" if baseline else ", or coded in a way that no installed decoder reads"
        raise UnreadableImage(f"its pixels are truncated or damaged{also}") from None
    if baseline and not is_whole(get_frame(dataset.PixelData, 0, number_of_frames=1)):
        raise UnreadableImage("its pixels are truncated or damaged")
    interpretation = dataset.PhotometricInterpretation
    if interpretation in _MONOCHROME:
        return to_grey(_significant_bits(pixels, dataset), dataset)
    if interpretation == "PALETTE COLOR":
        pixels = apply_color_lut(pixels, dataset)
        bits = 8 * pixels.dtype.itemsize
    else:
        bits = int(dataset.BitsStored)
    # the rows sum to one, so white stays white
    luma = pixels @ _LUMA * (255 / (2**bits - 1))
    grey: np.ndarray = np.rint(luma).astype(np.uint8)
    return grey


def _significant_bits(pixels: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Drop the bits of each cell that Bits Stored and High Bit leave out (PS3.5 8.1.1).

    Old files keep overlays there. Compressed data have no such bits: decoders return values.
    """
    if dataset.file_meta.TransferSyntaxUID.is_compressed or pixels.dtype.kind not in "iu":
        return pixels
    cell, stored = int(dataset.BitsAllocated), int(dataset.BitsStored)
    if stored >= cell:
        return pixels
    # up to the cell's top, then down again: the sign bit, where there is one, is carried along
    width = 8 * pixels.dtype.itemsize
    above = max(width - 1 - int(dataset.get("HighBit", stored - 1)), 0)
    significant: np.ndarray = (pixels << above) >> (width - stored)
    return significant
