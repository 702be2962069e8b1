"""Palette colours of DICOM (PS3.3 C.7.6.3.1.5 and C.7.9)."""

import numpy as np
from pydicom import Dataset
from pydicom.pixels.processing import apply_color_lut

_COLOURS = ("Red", "Green", "Blue")


def apply_palette(pixels: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Look each pixel's colour up.

    Parameters
    ----------
    pixels
        Of shape (rows, columns).
    dataset
        The data set they came from, with its palette.

    Returns
    -------
    ndarray
        uint8 or uint16 of shape (rows, columns, 3), full range.
    """
    little = dataset.original_encoding[1] is not False
    return apply_color_lut(pixels, dataset if little else _in_little_endian(dataset))


def count_bits(dataset: Dataset, colours: np.ndarray) -> int:
    """Return the bits that the entries of a palette use.

    As with other tables, some writers declare 16 bits for entries of fewer, which would make the
    picture almost black.

    Parameters
    ----------
    dataset
        With its palette.
    colours
        What :func:`apply_palette` made of it.
    """
    declared = 8 * colours.dtype.itemsize
    tables = [dataset.get(f"{colour}PaletteColorLookupTableData") for colour in _COLOURS]
    if declared == 8 or not all(tables):  # segments hold lengths too
        return declared
    order = ">" if dataset.original_encoding[1] is False else "<"
    largest = max(int(np.frombuffer(table, f"{order}u2").max()) for table in tables)
    return max(largest.bit_length(), 1)


def _in_little_endian(dataset: Dataset) -> Dataset:
    """Return the palette with its words turned round, which pydicom leaves as they are.

    They are words of 16 bits (OW) even where each holds two entries of 8 bits.
    """
    palette = Dataset()
    palette.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    for colour in _COLOURS:
        descriptor = f"{colour}PaletteColorLookupTableDescriptor"
        palette[descriptor] = dataset[descriptor]
        for prefix in ("", "Segmented"):
            keyword = f"{prefix}{colour}PaletteColorLookupTableData"
            if keyword in dataset:
                words = np.frombuffer(dataset[keyword].value, ">u2").astype("<u2")
                palette.add_new(keyword, "OW", words.tobytes())
    return palette
