"""Pixel Padding: stored values that stand for no pixel (PS3.3 C.7.5.1.1.2)."""

import numpy as np
from pydicom import Dataset

from pipeline.imaging.decimals import read_number
from pipeline.imaging.description import Description


def is_padding(values: np.ndarray, dataset: Dataset, description: Description) -> np.ndarray:
    """Say which stored values are padding.

    Parameters
    ----------
    values
        Stored values of any shape.
    dataset
        The data set they came from.
    description
        What is known of its values.
    """
    ends = read_padding(dataset, description)
    if values.dtype.kind in "iu":
        ends = [end for end in ends if can_hold(description, end)]
    if not ends:
        return np.zeros(values.shape, bool)
    return (values >= min(ends)) & (values <= max(ends))


def read_padding(dataset: Dataset, description: Description) -> list[int]:
    """Return the ends of the range of padding, one or two values; none where there is no padding.

    Some writers give the sign of the other kind of integer: 63536 and -2000 are the same cell of
    16 bits, so that each is read as what the pixels are.
    """
    first = read_number(dataset, "PixelPaddingValue")
    if first is None:
        return []
    last = read_number(dataset, "PixelPaddingRangeLimit")
    span = 2**description.allocated
    ends = []
    for end in {int(first), int(first if last is None else last)}:
        if description.signed and span // 2 <= end < span:
            ends.append(end - span)
        elif not description.signed and -(span // 2) <= end < 0:
            ends.append(end + span)
        else:
            ends.append(end)
    return sorted(ends)


def can_hold(description: Description, value: int) -> bool:
    """Say whether the stored bits of an image can hold a value."""
    low, high = description.limits
    return low <= value <= high
