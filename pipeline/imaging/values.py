"""Header values read straight from their bytes, where these are of the ordinary kind.

pydicom turns a value into a Python object of a class of its own, with checks that may warn; for a
handful of values that takes longer than all else that a file needs of Python. Whatever is not
ordinary is left to it.
"""

from pydicom import Dataset
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import BaseTag


def tag_of(keyword: str) -> BaseTag:
    """Return the tag of a keyword of the standard's dictionary."""
    tag = tag_for_keyword(keyword)
    assert tag is not None, keyword  # noqa: S101 - a slip of the pen, found at import
    return BaseTag(tag)


def number(dataset: Dataset, tag: BaseTag) -> int | None:
    """Return one whole number; None where the element is missing or empty.

    Raises
    ------
    TypeError, ValueError
        If the element holds something else.
    """
    element = _element(dataset, tag)
    if element is None:
        return None
    if isinstance(element, RawDataElement) and element.VR == "US":
        data = element.value or b""
        if len(data) == 2:
            return int.from_bytes(data, "little" if element.is_little_endian else "big")
    value = dataset[tag].value
    return None if value is None or value == "" else int(value)


def numbers(dataset: Dataset, tag: BaseTag) -> tuple[float, ...]:
    """Return all numbers of an element; none where it is missing or empty.

    Raises
    ------
    TypeError, ValueError
        If the element holds something else.
    """
    element = _element(dataset, tag)
    if element is None:
        return ()
    if isinstance(element, RawDataElement) and element.VR == "DS" and element.value:
        return tuple(float(part) for part in element.value.rstrip(b"\0").split(b"\\"))
    return tuple(float(part) for part in dataset[tag].value or ())


def text(dataset: Dataset, tag: BaseTag) -> str:
    """Return an element's first text in capitals, without pydicom's check of its form."""
    element = _element(dataset, tag)
    value = None if element is None else element.value
    words = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value or "")
    return words.split("\\")[0].strip(" \0").upper()


def _element(dataset: Dataset, tag: BaseTag) -> DataElement | RawDataElement | None:
    # an empty value would be converted otherwise, which fails where its kind is unknown
    return dataset.get_item(tag, keep_deferred=True)
