"""The VOI step of DICOM (PS3.3 C.11.2): the first table or window that can be used."""

from collections.abc import Iterator

import numpy as np
from pydicom import Dataset

from pipeline.imaging import lut
from pipeline.imaging.bounds import open_sequence
from pipeline.imaging.broken import BROKEN
from pipeline.imaging.decimals import read_numbers
from pipeline.imaging.header import read_text


def apply_voi(values: np.ndarray, dataset: Dataset) -> np.ndarray | None:
    """Map values to brightness through the first VOI LUT, else the first window.

    Tables that are empty or damaged, and windows that the standard does not allow, count as
    absent.

    Parameters
    ----------
    values
        Output of the modality step, of any shape.
    dataset
        The data set they came from.

    Returns
    -------
    ndarray or None
        In [0, 1]; None where there is neither table nor window.
    """
    for table in find_tables(dataset):
        if table is not None:
            brightness: np.ndarray = table.look_up(values) / table.largest
            return brightness
    function = read_text(dataset, "VOILUTFunction") or "LINEAR"
    centers, widths = (read_numbers(dataset, f"Window{name}") for name in ("Center", "Width"))
    for center, width in zip(centers, widths, strict=False):
        if center is None or width is None:
            continue
        if (seen := window(values, center, width, function)) is not None:
            return seen
    return None


def find_tables(dataset: Dataset) -> Iterator[lut.LookupTable | None]:
    """Yield the VOI LUTs of a data set, None for one that is empty, flat or damaged."""
    for item in open_sequence(dataset, "VOILUTSequence"):
        try:
            table = lut.read(item, dataset)
        except BROKEN:
            yield None
        else:
            yield table if np.ptp(table.entries) else None


def window(values: np.ndarray, center: float, width: float, function: str) -> np.ndarray | None:
    """Map values to [0, 1] through a window.

    Parameters
    ----------
    values
        Output of the modality step, of any shape.
    center, width
        In the units of `values`; NaN where the header has something else.
    function
        LINEAR (PS3.3 C.11.2.1.2.1), SIGMOID (C.11.2.1.3.1) or LINEAR_EXACT (C.11.2.1.3.2).

    Returns
    -------
    ndarray or None
        None where the width or the function is not one that the standard allows, or the center is
        no number: such a window counts as absent.
    """
    if not np.isfinite(center) or not np.isfinite(width):
        return None
    if function == "LINEAR" and width >= 1:
        center, width = center - 0.5, width - 1
        if width == 0:
            return (values > center).astype(np.float64)
        return np.clip((values - center) / width + 0.5, 0, 1)
    if function == "LINEAR_EXACT" and width > 0:
        return np.clip((values - center) / width + 0.5, 0, 1)
    if function == "SIGMOID" and width > 0:
        # 1 / (1 + exp(-4t)) written so that it cannot overflow
        return 0.5 * (1 + np.tanh(2 * (values - center) / width))
    return None
