"""The stored pixels of one frame of a DICOM file: checked against their header, then decoded."""

import numpy as np
from pydicom import FileDataset
from pydicom.encaps import get_frame
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    UID,
    JPEG2000TransferSyntaxes,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    RLELossless,
)

from pipeline.imaging.codestream import CodedSize, is_cut_short, read_size
from pipeline.imaging.decoders import COMPRESSED, PLAIN, find_plugin
from pipeline.imaging.image import MAX_BYTES, UnreadableImage, check_size
from pipeline.imaging.jpeg import open_whole
from pipeline.imaging.parse import BROKEN

KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
MONOCHROME = frozenset({"MONOCHROME1", "MONOCHROME2"})
_SAMPLES = dict.fromkeys((*MONOCHROME, "PALETTE COLOR"), 1) | dict.fromkeys(
    ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"), 3
)
_REQUIRED = ("Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated")
_DAMAGED = "its pixels are truncated or damaged"
_HTJ2K = frozenset(uid for uid in COMPRESSED if "HTJ2K" in uid.keyword)


def decode_frame(dataset: FileDataset, frame: int | None, *, reduce: int = 1) -> np.ndarray:
    """Return the stored values of one frame.

    Parameters
    ----------
    dataset
        With one of :data:`KEYWORDS`.
    frame
        Which one of several frames, from 1; None refuses files with several.
    reduce
        Decode at most at this fraction of the size, where the coding has a quick way to do so.

    Returns
    -------
    ndarray
        Of shape (rows, columns) or (rows, columns, samples); sides may be fractions of those.

    Raises
    ------
    UnreadableImage
        If the header and the pixels do not describe one image of a credible size, no decoder
        is there for it, or the pixels are incomplete.
    """
    frames = _check_header(dataset)
    if frames > 1 and frame is None:
        raise UnreadableImage("the file holds several frames, and data.frame chooses none of them")
    index = frame - 1 if frames > 1 and frame is not None else 0
    if index >= frames:
        raise UnreadableImage(f"the file holds no frame {frame}")
    syntax = UID(dataset.file_meta.TransferSyntaxUID)
    plugin = find_plugin(syntax)
    try:
        if syntax in PLAIN:
            _check_length(dataset, frames)
        elif "PixelData" in dataset:
            stream = get_frame(
                dataset.PixelData,
                index,
                number_of_frames=frames,
                extended_offsets=_offsets(dataset),
            )
            coded = _check_stream(dataset, syntax, stream)
            if syntax in {JPEGBaseline8Bit, JPEGExtended12Bit} and coded and coded.bits == 8:
                jpeg = open_whole(stream, reduce=reduce if coded.samples == 1 else 8)
                if coded.samples == 1:
                    return np.asarray(jpeg)
                plugin = "pillow"
        return pixel_array(dataset, index=index, decoding_plugin=plugin)
    except BROKEN:
        raise UnreadableImage(_DAMAGED) from None


def _check_header(dataset: FileDataset) -> int:
    """Return the number of frames; refuse what describes no still image of a credible size."""
    try:
        if any(dataset.get(keyword) is None for keyword in _REQUIRED):
            raise UnreadableImage("its header does not describe its pixels")
        rows, columns, samples = dataset.Rows, dataset.Columns, dataset.SamplesPerPixel
        check_size(int(rows), int(columns))
        expected = _SAMPLES.get(dataset.PhotometricInterpretation)
        if expected is None:
            raise UnreadableImage("its photometric interpretation is not that of a still image")
        cell = int(dataset.BitsAllocated)
        stored = int(dataset.get("BitsStored") or cell)
        if samples != expected or not 1 <= stored <= cell or cell not in {1, 8, 16, 32, 64}:
            raise UnreadableImage("its header contradicts itself about its pixels")
        if int(rows) * int(columns) * expected * cell > 8 * MAX_BYTES:
            raise UnreadableImage(f"its pixels would take more than {MAX_BYTES:,} bytes")
        return max(int(dataset.get("NumberOfFrames") or 1), 1)
    except BROKEN:
        raise UnreadableImage("its header does not describe its pixels") from None


def _check_length(dataset: FileDataset, frames: int) -> None:
    """Refuse uncompressed pixels that end before the image does."""
    keyword = next(keyword for keyword in KEYWORDS if keyword in dataset)
    samples = 2 if dataset.PhotometricInterpretation == "YBR_FULL_422" else dataset.SamplesPerPixel
    bits = dataset.Rows * dataset.Columns * samples * frames * dataset.BitsAllocated
    if len(dataset[keyword].value) < (bits + 7) // 8:
        raise UnreadableImage("its pixels are truncated")


def _check_stream(dataset: FileDataset, syntax: UID, stream: bytes) -> CodedSize | None:
    """Refuse a stream of another size than the header's, or one that was cut short."""
    if syntax == RLELossless:
        return None
    coded = read_size(stream)
    if coded is None:
        raise UnreadableImage(_DAMAGED)
    claimed = (dataset.Rows, dataset.Columns, dataset.SamplesPerPixel)
    if (coded.rows, coded.columns, coded.samples) != claimed:
        raise UnreadableImage("its header and its compressed pixels differ in size")
    if (syntax in JPEG2000TransferSyntaxes or syntax in _HTJ2K) and is_cut_short(stream):
        raise UnreadableImage("its pixels are truncated")
    return coded


def _offsets(dataset: FileDataset) -> tuple[bytes, bytes] | None:
    offsets, lengths = dataset.get("ExtendedOffsetTable"), dataset.get("ExtendedOffsetTableLengths")
    return (offsets, lengths) if offsets and lengths else None
