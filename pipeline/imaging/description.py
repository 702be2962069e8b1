"""The image description in a DICOM header, checked before pixels are decoded."""

from dataclasses import dataclass

from pydicom import Dataset

from pipeline.imaging.broken import BROKEN
from pipeline.imaging.image import MAX_BYTES, UnreadableImage, check_size

#: The elements that hold an image's pixels; a file has one of them.
PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_NEEDED = ("Rows", "Columns", "BitsAllocated")
MONOCHROME = frozenset({"MONOCHROME1", "MONOCHROME2"})
_SAMPLES = dict.fromkeys((*MONOCHROME, "PALETTE COLOR"), 1) | dict.fromkeys(
    ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"), 3
)


@dataclass(frozen=True)
class Description:
    """The size and build of an image (PS3.3 C.7.6.3.1).

    Attributes
    ----------
    rows, columns
        In pixels.
    samples
        Values of a pixel.
    interpretation
        Photometric Interpretation (0028,0004).
    allocated
        Bits of a value's cell.
    stored
        Bits of a value; where the header does not say, those up to High Bit.
    high
        The highest of these bits in its cell, counted from 0.
    signed
        Whether values may be negative.
    frames
        At least 1.
    """

    rows: int
    columns: int
    samples: int
    interpretation: str
    allocated: int
    stored: int
    high: int
    signed: bool
    frames: int

    @property
    def limits(self) -> tuple[int, int]:
        """The smallest and the largest value that the stored bits can hold."""
        low = -(2 ** (self.stored - 1)) if self.signed else 0
        return low, low + 2**self.stored - 1


def describe(dataset: Dataset) -> Description:
    """Read the description of an image.

    Where the header lacks Samples per Pixel, Bits Stored or Pixel Representation, the others say
    them, or they are the usual ones: all bits up to High Bit, and no sign.

    Raises
    ------
    UnreadableImage
        If it is none of a still image of a credible size.
    """
    try:
        rows, columns, cell = (_needed(dataset, keyword) for keyword in _NEEDED)
        interpretation = dataset.get("PhotometricInterpretation")
        if not interpretation:
            raise UnreadableImage("its header lacks PhotometricInterpretation")
        check_size(rows, columns)
        expected = _SAMPLES.get(interpretation)
        if expected is None:
            raise UnreadableImage("its photometric interpretation is not that of a still image")
        samples = _number(dataset, "SamplesPerPixel")
        samples = expected if samples is None else samples
        high = _number(dataset, "HighBit")
        stored = _number(dataset, "BitsStored") or (cell if high is None else high + 1)
        if samples != expected or not 1 <= stored <= cell or cell not in {1, 8, 16, 32, 64}:
            raise UnreadableImage("its header contradicts itself about its pixels")
        if high is None or not stored - 1 <= high < cell:
            high = stored - 1
        if rows * columns * expected * cell > 8 * MAX_BYTES:
            raise UnreadableImage(f"its pixels would take more than {MAX_BYTES:,} bytes")
        signed = bool(_number(dataset, "PixelRepresentation"))
        frames = max(_number(dataset, "NumberOfFrames") or 1, 1)
    except BROKEN:
        raise UnreadableImage("its header does not describe its pixels") from None
    return Description(rows, columns, expected, interpretation, cell, stored, high, signed, frames)


def complete(dataset: Dataset, description: Description) -> bool:
    """Write what a header lacks of the description of its pixels into it, for pydicom to read.

    Parameters
    ----------
    dataset
        Changed in place; what it says already stays.
    description
        What :func:`describe` made of it.

    Returns
    -------
    bool
        Whether it lacked something.

    Raises
    ------
    UnreadableImage
        If one of these elements is damaged.
    """
    usual = {
        "SamplesPerPixel": description.samples,
        "BitsStored": description.stored,
        "PixelRepresentation": int(description.signed),
    }
    if description.samples > 1:
        usual["PlanarConfiguration"] = 0
    try:
        lacking = [keyword for keyword in usual if _number(dataset, keyword) is None]
    except BROKEN:
        raise UnreadableImage("its header does not describe its pixels") from None
    for keyword in lacking:
        setattr(dataset, keyword, usual[keyword])
    return bool(lacking)


def _needed(dataset: Dataset, keyword: str) -> int:
    """Return a whole number without which there is no image."""
    value = _number(dataset, keyword)
    if value is None:
        raise UnreadableImage(f"its header lacks {keyword}")
    return value


def _number(dataset: Dataset, keyword: str) -> int | None:
    """Return a whole number; None where the element is missing or empty."""
    value = dataset.get(keyword)
    return None if value is None or value == "" else int(value)
