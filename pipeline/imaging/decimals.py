"""Read numbers of a DICOM header as files in the wild write them."""

import math
from collections.abc import Iterable

from pydicom import Dataset

from pipeline.imaging.broken import BROKEN


def read_numbers(dataset: Dataset, keyword: str) -> list[float | None]:
    """Return the values of an element; none where it is missing or empty.

    A decimal comma counts as a point. A value that is no number is NaN; one among several that is
    empty is None.

    Examples
    --------
    >>> from pydicom import Dataset
    >>> dataset = Dataset()
    >>> dataset.WindowCenter = [40, 300]
    >>> read_numbers(dataset, "WindowCenter"), read_numbers(dataset, "WindowWidth")
    ([40.0, 300.0], [])
    """
    try:
        value = dataset.get(keyword)
    except BROKEN:
        value = _text(dataset, keyword)
    if isinstance(value, str) or not isinstance(value, Iterable):
        value = [value]
    numbers = [_number(item) for item in value]
    return numbers if any(number is not None for number in numbers) else []


def _text(dataset: Dataset, keyword: str) -> list[str]:
    """Return the values of an element that pydicom cannot convert, as they are written."""
    element = dataset.get_item(keyword)
    value = None if element is None else element.value
    return value.decode("ascii", "replace").split("\\") if isinstance(value, bytes) else []


def read_number(dataset: Dataset, keyword: str) -> float | None:
    """Return the first value of an element; None where it is missing or empty.

    Raises
    ------
    ValueError
        If it is no number.
    """
    number = next(iter(read_numbers(dataset, keyword)), None)
    if number is not None and math.isnan(number):
        raise ValueError("an element that ought to be a number is none")
    return number


def _number(item: object) -> float | None:
    """Return a number; None where nothing is written, NaN where something else is."""
    text = "" if item is None else str(item).strip(" \0").replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return math.nan
