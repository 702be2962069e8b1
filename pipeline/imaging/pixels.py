"""Decode the stored pixels of one DICOM frame, after checking them against the header."""

import numpy as np
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID, JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSTransferSyntaxes

from pipeline.imaging.bits import significant_bits
from pipeline.imaging.broken import BROKEN
from pipeline.imaging.codestream import mend_end
from pipeline.imaging.decoders import PLAIN, find_plugin
from pipeline.imaging.description import Description
from pipeline.imaging.image import UnreadableImage
from pipeline.imaging.jpeg import open_whole
from pipeline.imaging.jpeg2000 import get_codestream, is_boxed
from pipeline.imaging.stream import (
    DAMAGED,
    OFFSETS,
    actual_syntax,
    check_length,
    check_stream,
    get_stream,
    is_jpeg2000,
)

_BY_PILLOW = frozenset({JPEGBaseline8Bit, JPEGExtended12Bit})


def decode_frame(
    dataset: Dataset, description: Description, frame: int | None, *, reduce: int = 1
) -> tuple[np.ndarray, Description]:
    """Return the stored values of one frame, without unused bits.

    Parameters
    ----------
    dataset
        With one of :data:`~pipeline.imaging.description.PIXELS`; changed where they have to be
        mended.
    description
        What its header says of its pixels.
    frame
        Which one of several frames, from 1; None refuses files with several.
    reduce
        1, 2, 4 or 8: decode at that fraction of the size, where the coding has a quick way to it.

    Returns
    -------
    values : ndarray
        Of shape (rows, columns) or (rows, columns, samples); sides may be fractions of those.
    description : Description
        With the bits that hold the values, where the header is wrong about them.

    Raises
    ------
    UnreadableImage
        If there is no such frame, the header and the pixels contradict each other, no decoder
        is there for them, or they are incomplete.
    """
    index = _choose(description, frame)
    named: object = dataset.file_meta.TransferSyntaxUID
    syntax = named if isinstance(named, UID) else UID("")  # a header may name several, or none
    find_plugin(syntax)
    stream = b""
    try:
        if syntax in PLAIN:
            check_length(dataset, description)
        else:
            stream = get_stream(dataset, description, index)
            if is_jpeg2000(syntax) and is_boxed(stream):
                stream, index = get_codestream(stream), 0
                _keep_only(dataset, stream)
            coded = check_stream(description, syntax, stream)
            syntax = dataset.file_meta.TransferSyntaxUID = actual_syntax(syntax, coded)
            if syntax in _BY_PILLOW and coded and coded.bits == 8:
                jpeg = open_whole(stream, reduce=reduce if coded.samples == 1 else 8)
                if coded.samples == 1:
                    return significant_bits(np.asarray(jpeg), dataset, description)
                return _decode(dataset, description, index, "pillow")
        try:
            return _decode(dataset, description, index, find_plugin(syntax))
        except BROKEN:
            mended = mend_end(stream) if syntax in JPEGLSTransferSyntaxes else None
            if mended is None:
                raise
            _keep_only(dataset, mended)
            return _decode(dataset, description, 0, find_plugin(syntax))
    except BROKEN:
        raise UnreadableImage(DAMAGED) from None


def _choose(description: Description, frame: int | None) -> int:
    """Return the index of the frame to be decoded."""
    frames = description.frames
    if frames > 1 and frame is None:
        raise UnreadableImage("the file holds several frames, and data.frame chooses none of them")
    index = frame - 1 if frames > 1 and frame is not None else 0
    if index >= frames:
        raise UnreadableImage(f"the file holds no frame {frame}")
    return index


def _keep_only(dataset: Dataset, stream: bytes) -> None:
    """Put one frame in the place of all that a data set holds."""
    dataset.PixelData, dataset.NumberOfFrames = encapsulate([stream]), 1
    for keyword in OFFSETS:
        dataset.pop(keyword, None)


def _decode(
    dataset: Dataset, description: Description, index: int, plugin: str
) -> tuple[np.ndarray, Description]:
    """Decode a frame through pydicom and drop its unused bits."""
    # pydicom drops them where it converts colours, and must not do so elsewhere
    converts = description.interpretation.startswith("YBR")
    cells = pixel_array(dataset, index=index, decoding_plugin=plugin, correct_unused_bits=converts)
    return (cells, description) if converts else significant_bits(cells, dataset, description)
