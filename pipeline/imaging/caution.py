"""Reasons to look at a picture that was read all the same, each one clause without values."""

import numpy as np
from PIL import Image as Pillow
from pydicom import Dataset

from pipeline.imaging.description import MONOCHROME, Description
from pipeline.imaging.padding import can_hold, read_padding
from pipeline.imaging.voi import find_tables

BITS = "its header is wrong about the bits that hold its values"
LACKING = "its header lacks a part of the description of its pixels, so the usual one is assumed"
PADDING = "its padding value is none that its stored bits can hold, so it pads nothing"
TABLE = "a VOI LUT of it is empty, flat or damaged, so it is not used"
NARROW = "98 % of its pixels lie within an eighth of the greys"

_TAIL = 0.01  # of the pixels, at each end
_FEW = 32  # greys


def find_cautions(
    dataset: Dataset, named: Description, found: Description, *, lacking: bool = False
) -> tuple[str, ...]:
    """Return what is doubtful about a DICOM file that was decoded.

    Parameters
    ----------
    dataset
        Its data set.
    named
        What its header says of its pixels.
    found
        What its pixels say, where the header is wrong.
    lacking
        Whether its header did not say all that describes its pixels.
    """
    cautions = [LACKING] if lacking else []
    if named != found:
        cautions.append(BITS)
    if found.interpretation in MONOCHROME:
        ends = read_padding(dataset, found) if "PixelData" in dataset else []
        if not all(can_hold(found, end) for end in ends):
            cautions.append(PADDING)
        if any(table is None for table in find_tables(dataset)):
            cautions.append(TABLE)
    return tuple(cautions)


def is_narrow(grey: np.ndarray) -> bool:
    """Say whether the 1st and the 99th percentile of an image are less than 32 greys apart.

    Parameters
    ----------
    grey
        uint8 of shape (rows, columns).
    """
    shares = np.cumsum(Pillow.fromarray(grey).histogram()) / grey.size
    low, high = np.searchsorted(shares, [_TAIL, 1 - _TAIL])
    return bool(high - low < _FEW)
