"""Lookup tables of DICOM: modality and VOI."""

from dataclasses import dataclass

import numpy as np
from pydicom import Dataset


@dataclass(frozen=True)
class LookupTable:
    """A table from input values to entries (PS3.3 C.11.1.1.1 and C.11.2.1.1).

    Attributes
    ----------
    first
        The input value that the first entry is for.
    entries
        uint16 of shape (n_entries,).
    """

    first: int
    entries: np.ndarray

    @property
    def largest(self) -> int:
        """The largest entry that as many bits as the table uses can hold.

        That need not be as many as its descriptor says: some writers declare 16 bits for entries
        of 12, and would have the picture almost black.
        """
        return max((1 << int(self.entries.max()).bit_length()) - 1, 1)

    def look_up(self, values: np.ndarray) -> np.ndarray:
        """Return the entries of `values`; beyond the table's ends, its first or last entry."""
        # a descriptor written unsigned still means a negative start where inputs are negative
        wrapped = self.first >= 2**15 and values.min() < 0
        first = self.first - 2**16 if wrapped else self.first
        index = np.clip(np.rint(values) - first, 0, len(self.entries) - 1)
        entries: np.ndarray = self.entries[index.astype(np.int64)]
        return entries


def read(item: Dataset, dataset: Dataset) -> LookupTable:
    """Read an item of a Modality LUT Sequence or a VOI LUT Sequence.

    Parameters
    ----------
    item
        Holds LUT Descriptor (0028,3002) and LUT Data (0028,3006).
    dataset
        The data set that holds the item, for its byte order.

    Raises
    ------
    ValueError
        If the data are shorter than the descriptor says, or the bits are not 8 to 16.
    """
    count, first, bits = (int(number) for number in item.LUTDescriptor)
    count = (count & 0xFFFF) or 2**16  # 0 stands for 65536; a signed reading may be negative
    if not 8 <= bits <= 16:
        raise ValueError("a lookup table has entries of 8 to 16 bits")
    order = ">" if dataset.original_encoding[1] is False else "<"
    data = item.LUTData
    if not isinstance(data, bytes):
        data = np.asarray(data, np.int64).astype(f"{order}u2").tobytes()
    entries = np.frombuffer(data, f"{order}u2")
    if bits == 8 and len(data) < 2 * count:  # two 8-bit entries in each word, the lower one first
        entries = entries.astype("<u2").view(np.uint8)
    entries = entries[:count]
    if len(entries) < count:
        raise ValueError("a lookup table is shorter than its descriptor says")
    return LookupTable(first, entries.astype(np.uint16))
