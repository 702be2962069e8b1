"""The grey-scale pipeline of DICOM: from stored values to the greys that a reader would see.

Every step maps a value on its own, whatever its neighbours, so the pipeline runs once for each
distinct value of an image and the result is looked up for each pixel: exact and quick.
"""

import numpy as np
from PIL import Image as Pillow
from pydicom import Dataset

from pipeline.imaging import lut
from pipeline.imaging.bounds import open_sequence
from pipeline.imaging.decimals import read_number
from pipeline.imaging.description import Description
from pipeline.imaging.header import read_text
from pipeline.imaging.padding import is_padding
from pipeline.imaging.voi import apply_voi


def to_grey(stored: np.ndarray, dataset: Dataset, description: Description) -> np.ndarray:
    """Turn the stored values of a monochrome image into 8-bit greys.

    In the order of PS3.3 C.11 (and PS3.4 N.2): modality LUT or rescale; VOI LUT, else window,
    else the full range; inversion where low values are meant to be bright. Without a VOI an image
    of up to 8 bits is spread over what its bits can hold (so 8 bits stay as stored), a deeper one
    over the values that occur. Padding and values that are no numbers turn black and count for
    nothing else.

    Parameters
    ----------
    stored
        Integer or float array of shape (rows, columns), as decoded, without unused bits.
    dataset
        The data set it came from.
    description
        What is known of its values; `stored` are the bits that they really have.

    Returns
    -------
    ndarray
        uint8 of shape (rows, columns).
    """
    if stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2:
        return _by_table(stored, dataset, description)
    values, index = np.unique(stored, return_inverse=True)
    return np.take(shades(values, dataset, description), index.reshape(stored.shape))


def _by_table(stored: np.ndarray, dataset: Dataset, description: Description) -> np.ndarray:
    """Look 8- and 16-bit values up in a table of all of them, which needs no sorting."""
    native = np.ascontiguousarray(stored, stored.dtype.newbyteorder("="))
    codes = native.view(f"u{native.dtype.itemsize}")
    small = codes.dtype.itemsize == 1
    # Pillow counts and looks up bytes several times as fast as numpy
    image = Pillow.fromarray(codes) if small else None
    counts = image.histogram() if image else np.bincount(codes.ravel(), minlength=2**16)
    used = np.flatnonzero(counts).astype(codes.dtype)
    table = np.zeros(len(counts), np.uint8)
    table[used] = shades(used.view(native.dtype), dataset, description)
    return np.asarray(image.point(table.tolist())) if image else np.take(table, codes)


def shades(values: np.ndarray, dataset: Dataset, description: Description) -> np.ndarray:
    """Return the uint8 grey of each of an image's distinct stored values."""
    greys = np.zeros(values.shape, np.uint8)
    valid = np.isfinite(values) & ~is_padding(values, dataset, description)
    if valid.any():
        brightness = _brightness(values[valid], dataset, description)
        greys[valid] = np.rint(255 * brightness).astype(np.uint8)
    return greys


def _brightness(values: np.ndarray, dataset: Dataset, description: Description) -> np.ndarray:
    """Map distinct stored values to brightness in [0, 1]."""
    output = _modality(values.astype(np.float64), dataset)
    brightness = apply_voi(output, dataset)
    if brightness is None:
        low, high = _range(output, dataset, description)
        span = high - low
        brightness = np.clip((output - low) / span, 0, 1) if span > 0 else np.zeros(output.shape)
    return 1 - brightness if is_inverse(dataset) else brightness


def is_inverse(dataset: Dataset) -> bool:
    """Say whether low values of a monochrome image are meant to be bright."""
    return (
        read_text(dataset, "PhotometricInterpretation") == "MONOCHROME1"
        or read_text(dataset, "PresentationLUTShape") == "INVERSE"
    )


def _modality(values: np.ndarray, dataset: Dataset) -> np.ndarray:
    """Apply the modality LUT or the rescale (PS3.3 C.11.1)."""
    if (item := _modality_table(dataset)) is not None:
        return lut.read(item, dataset).look_up(values).astype(np.float64)
    slope, intercept = (read_number(dataset, f"Rescale{name}") for name in ("Slope", "Intercept"))
    return values * (1.0 if slope is None else slope) + (intercept or 0.0)


def _modality_table(dataset: Dataset) -> Dataset | None:
    """Return the first item of the modality LUT; None where it is missing or empty."""
    items = open_sequence(dataset, "ModalityLUTSequence")
    return next((item for item in items if item.get("LUTDescriptor") or item.get("LUTData")), None)


def _range(output: np.ndarray, dataset: Dataset, description: Description) -> tuple[float, float]:
    """Return the outputs of the modality step that become black and white without a VOI."""
    if description.stored > 8 or _modality_table(dataset) is not None:
        return float(output.min()), float(output.max())
    ends = _modality(np.array(description.limits, np.float64), dataset)
    return float(ends.min()), float(ends.max())
