"""Images whose stored bytes are greys already, as those of nearly all JPEG radiographs are."""

import numpy as np
from pydicom import Dataset
from pydicom.datadict import tag_for_keyword

from pipeline.imaging.grey import is_inverse, shades

_CODES = np.arange(256, dtype=np.uint8)


def _tags(*keywords: str) -> frozenset[int | None]:
    return frozenset(tag_for_keyword(keyword) for keyword in keywords)


#: What can map a value between two others to a grey that is not between theirs.
_BENDING = _tags("ModalityLUTSequence", "VOILUTSequence", "PixelPaddingValue")
#: What may leave each of 256 values as it is, or not.
_SCALING = _tags("RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth")


def is_monotone(dataset: Dataset) -> bool:
    """Say whether the grey of a mean of pixels lies between the greys of those pixels."""
    return _BENDING.isdisjoint(dataset.keys())


def stores_greys(dataset: Dataset) -> bool:
    """Say whether the greys of an 8-bit monochrome image are its stored values, all 256 of them.

    An inversion may still follow. Means of neighbouring pixels of such an image can be taken
    before or after its grey-scale pipeline alike, up to rounding. That is not so where a window
    clips, a table bends or single values stand for padding.
    """
    if dataset.get("BitsStored") != 8 or dataset.get("PixelRepresentation"):
        return False
    if not is_monotone(dataset):
        return False
    if _SCALING.isdisjoint(dataset.keys()):
        return True
    expected = _CODES[::-1] if is_inverse(dataset) else _CODES
    return np.array_equal(shades(_CODES, dataset), expected)
