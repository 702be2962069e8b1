"""What a DICOM header says of its pixels, checked before any are decoded."""

from dataclasses import dataclass

from pydicom import Dataset

from pipeline.imaging.image import MAX_BYTES, UnreadableImage, check_size
from pipeline.imaging.parse import BROKEN

KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
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
    frames
        At least 1.
    """

    rows: int
    columns: int
    samples: int
    interpretation: str
    allocated: int
    frames: int


def describe(dataset: Dataset) -> Description:
    """Read the description of an image.

    Raises
    ------
    UnreadableImage
        If it is none of a still image of a credible size.
    """
    try:
        rows, columns = dataset.get("Rows"), dataset.get("Columns")
        samples, cell = dataset.get("SamplesPerPixel"), dataset.get("BitsAllocated")
        interpretation = dataset.get("PhotometricInterpretation")
        if None in (rows, columns, samples, cell, interpretation):
            raise UnreadableImage("its header does not describe its pixels")
        check_size(int(rows), int(columns))
        expected = _SAMPLES.get(interpretation)
        if expected is None:
            raise UnreadableImage("its photometric interpretation is not that of a still image")
        stored = int(dataset.get("BitsStored") or cell)
        if samples != expected or not 1 <= stored <= cell or cell not in {1, 8, 16, 32, 64}:
            raise UnreadableImage("its header contradicts itself about its pixels")
        if int(rows) * int(columns) * expected * cell > 8 * MAX_BYTES:
            raise UnreadableImage(f"its pixels would take more than {MAX_BYTES:,} bytes")
        frames = max(int(dataset.get("NumberOfFrames") or 1), 1)
    except BROKEN:
        raise UnreadableImage("its header does not describe its pixels") from None
    return Description(rows, columns, expected, interpretation, cell, frames)
