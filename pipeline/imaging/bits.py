"""Find the bits of each cell that hold the pixel's value (PS3.5 8.1.1)."""

from dataclasses import replace

import numpy as np
from pydicom import Dataset

from pipeline.imaging.description import Description

_OVERLAYS = range(0x6000, 0x6020, 2)  # groups
_POSITION, _DATA = 0x0102, 0x3000  # elements of an overlay


def significant_bits(
    cells: np.ndarray, dataset: Dataset, description: Description
) -> tuple[np.ndarray, Description]:
    """Return the values that the cells of an image hold, and the bits of a value.

    Bits Stored and High Bit say which bits of a cell are its value. Old files keep overlays in
    the other ones. Where other bits are set and no overlay explains them, the header may be
    wrong, and the pixels decide:

    - Values that leave all bits above Bits Stored unused are not shifted to the left, whatever
      High Bit says.
    - Values that the header would cut in two are whole cells. Such a cut makes neighbouring
      pixels jump, so the sum of their differences tells: an overlay adds to it, a cut too.

    Parameters
    ----------
    cells
        Of shape (rows, columns) or (rows, columns, samples), as decoded, unused bits included.
    dataset
        The data set they came from, for its overlays.
    description
        What its header says of its pixels.

    Returns
    -------
    values : ndarray
        As `cells`, without unused bits.
    description : Description
        With the bits where the values really were.
    """
    stored, width = description.stored, 8 * cells.dtype.itemsize
    if cells.dtype.kind not in "iu" or stored >= width:
        return cells, description
    cells = np.ascontiguousarray(cells, cells.dtype.newbyteorder("="))
    low = min(description.high, width - 1) - stored + 1  # decoders may return narrower cells
    values = _cut(cells, low, stored)
    used = int(np.bitwise_or.reduce(cells.view(f"u{cells.dtype.itemsize}"), axis=None))
    if used & ~((2**stored - 1) << low) == 0 or _has_overlays(dataset):
        return values, description
    if np.array_equal(right := _cut(cells, 0, stored), cells):
        return right, replace(description, high=stored - 1)
    if _roughness(cells) < _roughness(values << low):
        return cells, replace(description, stored=width, high=width - 1)
    return values, description


def _cut(cells: np.ndarray, low: int, stored: int) -> np.ndarray:
    """Return `stored` bits of each cell from bit `low` on; the highest is the sign, if there is."""
    width = 8 * cells.dtype.itemsize
    values: np.ndarray = (cells << (width - low - stored)) >> (width - stored)
    return values


def _has_overlays(dataset: Dataset) -> bool:
    """Say whether the header places overlays in the unused bits (PS3.3 C.9.2 of 2004)."""
    return any(
        (group, _POSITION) in dataset and (group, _DATA) not in dataset for group in _OVERLAYS
    )


def _roughness(values: np.ndarray) -> int:
    """Return the sum of the differences between neighbours in a row."""
    return int(np.abs(np.diff(values.astype(np.int64), axis=1)).sum())
