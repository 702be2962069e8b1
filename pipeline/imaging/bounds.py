"""Bounds on what pydicom may be made to do: it takes far more for an element than its bytes.

Elements, items and values take microseconds and hundreds of bytes each, as Python objects.
"""

import io
from collections.abc import Iterable

from pydicom import Dataset
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement

from pipeline.imaging.crumbs import PIECES
from pipeline.imaging.image import UnreadableImage

_HEAD = 8  # bytes that pydicom reads of each element and item first; some values have as many
_PART = 4  # bytes of a tag or a length, read by itself for fragments and long elements
_MOST_PARTS = 400_000
_MOST = 100_000  # of them; files of many frames have tens of thousands
_SPLIT = 2**17  # bytes of what pydicom splits while it parses: meta information, character sets
_CHARACTER_SET = (b"\x08\0\x05\0", b"\0\x08\0\x05")  # little and big endian
_META = b"\x02\0"
_SHORT = 2**10  # bytes of a value that need not be counted
_TEXT = 2**20  # bytes of long texts and numbers together; frame times have some ten thousand
_TABLES = 2**21  # bytes of a sequence that is opened: a table has 2**17


class BoundedReader(io.BytesIO):
    """The bytes of a DICOM file, of which a parser may read so many pieces and no more.

    Attributes
    ----------
    reason
        Why it stopped the parser, which may word an error of its own; None if it did not.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.reason: str | None = None
        self._pieces = self._parts = self._split = 0
        self._splits = False

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes.

        Raises
        ------
        UnreadableImage
            If the file holds more than any image needs.
        """
        found = super().read(size)
        if size == _PART:
            self._parts += 1
        if size == _HEAD:
            self._pieces += 1
            self._splits = found.startswith((*_CHARACTER_SET, _META))
        elif self._splits:
            self._split += len(found)
        if self._pieces > _MOST:
            self.reason = f"its header holds more than {_MOST:,} elements and items"
        elif self._parts > _MOST_PARTS:
            self.reason = PIECES
        elif self._split > _SPLIT:
            self.reason = f"its header names its coding in more than {_SPLIT:,} bytes"
        if self.reason:
            raise UnreadableImage(self.reason)
        return found


def refuse_long(datasets: Iterable[Dataset]) -> None:
    """Refuse data sets whose texts and numbers would take long to be split into values.

    Private elements, sequences and binary values, such as lookup tables, are not counted.

    Raises
    ------
    UnreadableImage
        If they hold more than 2**20 bytes of these.
    """
    total = sum(
        len(element.value)
        for dataset in datasets
        for element in dataset.values()
        if isinstance(element.value, bytes) and len(element.value) > _SHORT and _is_split(element)
    )
    if total > _TEXT:
        raise UnreadableImage(f"its header holds more than {_TEXT:,} bytes of texts and numbers")


def _is_split(element: RawDataElement | DataElement) -> bool:
    """Say whether pydicom takes a value for texts or numbers, of which there may be several."""
    representation = element.VR
    if representation in {None, "UN"}:
        try:
            representation = dictionary_VR(element.tag)
        except KeyError:
            return False
    binary = any(part.startswith("O") for part in representation.split(" or "))
    return not (element.tag.is_private or binary or representation == "SQ")


def open_sequence(dataset: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence, none where it is missing.

    Raises
    ------
    UnreadableImage
        If they are larger than any lookup tables.
    """
    element = dataset.get_item(keyword)
    if element is not None and is_large(element):
        raise UnreadableImage("its lookup tables are larger than any")
    items = list(dataset.get(keyword) or ())
    refuse_long(items)
    return items


def is_large(element: object) -> bool:
    """Say whether an element is a sequence that would take long to be parsed."""
    value = element.value if isinstance(element, RawDataElement) else None
    return value is not None and len(value) > _TABLES
