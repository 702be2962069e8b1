"""Detect images whose stored bytes are the greys, as in nearly all JPEG radiographs."""

import numpy as np
from pydicom import Dataset

from pipeline.imaging.broken import BROKEN
from pipeline.imaging.description import MONOCHROME, Description
from pipeline.imaging.grey import is_inverse, shades

_CODES = np.arange(256, dtype=np.uint8)


#: What can map a value between two others to a grey that is not between theirs.
_BENDING = ("ModalityLUTSequence", "VOILUTSequence", "PixelPaddingValue")
#: What may leave each of 256 values as it is, or not.
_SCALING = ("RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth")


def is_monotone(dataset: Dataset) -> bool:
    """Say whether the grey of a mean of pixels lies between the greys of those pixels."""
    return not any(keyword in dataset for keyword in _BENDING)


def stores_greys(dataset: Dataset, description: Description) -> bool:
    """Say whether the greys of an 8-bit monochrome image are its stored values, all 256 of them.

    An inversion may still follow. Means of neighbouring pixels of such an image can be taken
    before or after its grey-scale pipeline alike, up to rounding. That is not so where a window
    clips, a table bends or single values stand for padding.
    """
    if description.interpretation not in MONOCHROME or not is_monotone(dataset):
        return False
    if description.stored != 8 or description.signed:
        return False
    if not any(keyword in dataset for keyword in _SCALING):
        return True
    expected = _CODES[::-1] if is_inverse(dataset) else _CODES
    try:
        return np.array_equal(shades(_CODES, dataset, description), expected)
    except BROKEN:
        return False  # the grey-scale pipeline then reports what is wrong
