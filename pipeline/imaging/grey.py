"""The grey-scale pipeline of DICOM: from stored values to the greys that a reader would see.

Every step maps a value on its own, whatever its neighbours, so the pipeline runs once for each
distinct value of an image and the result is looked up for each pixel: exact and quick.
"""

import numpy as np
from PIL import Image as Pillow
from pydicom import Dataset

from pipeline.imaging import lut
from pipeline.imaging.description import Description
from pipeline.imaging.header import read_text


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
    valid = np.isfinite(values) & ~_is_padding(values, dataset, description)
    if valid.any():
        brightness = _brightness(values[valid], dataset, description)
        greys[valid] = np.rint(255 * brightness).astype(np.uint8)
    return greys


def _is_padding(values: np.ndarray, dataset: Dataset, description: Description) -> np.ndarray:
    """Say which stored values are Pixel Padding (PS3.3 C.7.5.1.1.2).

    Its value is of the same bits as the pixels; some writers give more of them, or the sign of
    the other kind of integer, so it is cut to those bits too.
    """
    first = _whole(dataset.get("PixelPaddingValue"))
    if first is None:
        return np.zeros(values.shape, bool)
    last = _whole(dataset.get("PixelPaddingRangeLimit"))
    ends = [first, first if last is None else last]
    if values.dtype.kind in "iu":
        ends = [_wrap(end, description) for end in ends]
    return (values >= min(ends)) & (values <= max(ends))


def _wrap(value: int, description: Description) -> int:
    """Return the number that a value's lowest Bits Stored stand for."""
    span = 2**description.stored
    value %= span
    return value - span if description.signed and value >= span // 2 else value


def _whole(value: object) -> int | None:
    first = _first(value)
    return None if first is None else int(first)


def _brightness(values: np.ndarray, dataset: Dataset, description: Description) -> np.ndarray:
    """Map distinct stored values to brightness in [0, 1]."""
    output = _modality(values.astype(np.float64), dataset)
    brightness = _voi(output, dataset)
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
    if dataset.get("ModalityLUTSequence"):
        table = lut.read(dataset.ModalityLUTSequence[0], dataset)
        return table.look_up(values).astype(np.float64)
    slope, intercept = _first(dataset.get("RescaleSlope")), _first(dataset.get("RescaleIntercept"))
    return values * (1.0 if slope is None else slope) + (intercept or 0.0)


def _voi(values: np.ndarray, dataset: Dataset) -> np.ndarray | None:
    """Apply the first VOI LUT, else the first window (PS3.3 C.11.2); None where there is none."""
    if dataset.get("VOILUTSequence"):
        table = lut.read(dataset.VOILUTSequence[0], dataset)
        brightness: np.ndarray = table.look_up(values) / (2**table.bits - 1)
        return brightness
    center, width = _first(dataset.get("WindowCenter")), _first(dataset.get("WindowWidth"))
    if center is None or width is None:
        return None
    return window(values, center, width, dataset.get("VOILUTFunction") or "LINEAR")


def window(values: np.ndarray, center: float, width: float, function: str) -> np.ndarray | None:
    """Map values to [0, 1] through a window.

    Parameters
    ----------
    values
        Output of the modality step, of any shape.
    center, width
        In the units of `values`.
    function
        LINEAR (PS3.3 C.11.2.1.2.1), SIGMOID (C.11.2.1.3.1) or LINEAR_EXACT (C.11.2.1.3.2).

    Returns
    -------
    ndarray or None
        None where the width or the function is not one that the standard allows: such a window
        counts as absent.
    """
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


def _range(output: np.ndarray, dataset: Dataset, description: Description) -> tuple[float, float]:
    """Return the outputs of the modality step that become black and white without a VOI."""
    bits = description.stored
    if bits > 8 or dataset.get("ModalityLUTSequence"):
        return float(output.min()), float(output.max())
    low = -(2 ** (bits - 1)) if description.signed else 0
    ends = _modality(np.array([low, low + 2**bits - 1], np.float64), dataset)
    return float(ends.min()), float(ends.max())


def _first(value: object) -> float | None:
    """Return a number, the first of several, or None."""
    if value is None or value == "":
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except TypeError:
        return float(value[0]) if len(value) else None  # type: ignore[arg-type,index]
