"""Decode the stored pixels of one DICOM frame, after checking them against the header."""

import numpy as np
from pydicom import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    UID,
    JPEG2000TransferSyntaxes,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    RLELossless,
)

from pipeline.imaging.bits import significant_bits
from pipeline.imaging.broken import BROKEN
from pipeline.imaging.codestream import CodedSize, is_cut_short, read_size
from pipeline.imaging.decoders import COMPRESSED, PLAIN, find_plugin
from pipeline.imaging.description import PIXELS, Description
from pipeline.imaging.image import UnreadableImage
from pipeline.imaging.jpeg import open_whole

_DAMAGED = "its pixels are truncated or damaged"
_OTHERWISE = "its pixels are not coded as its transfer syntax says"
_ITEM = b"\xfe\xff\x00\xe0"  # how encapsulated pixels begin (PS3.5 A.4)
_LOSSLESS = 0xC3  # coding process of JPEG
_HTJ2K = frozenset(uid for uid in COMPRESSED if "HTJ2K" in uid.keyword)


def decode_frame(
    dataset: Dataset, description: Description, frame: int | None, *, reduce: int = 1
) -> tuple[np.ndarray, Description]:
    """Return the stored values of one frame, without unused bits.

    Parameters
    ----------
    dataset
        With one of :data:`~pipeline.imaging.description.PIXELS`.
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
    frames = description.frames
    if frames > 1 and frame is None:
        raise UnreadableImage("the file holds several frames, and data.frame chooses none of them")
    index = frame - 1 if frames > 1 and frame is not None else 0
    if index >= frames:
        raise UnreadableImage(f"the file holds no frame {frame}")
    named: object = dataset.file_meta.TransferSyntaxUID
    syntax = named if isinstance(named, UID) else UID("")  # a header may name several, or none
    plugin = find_plugin(syntax)
    try:
        if syntax in PLAIN:
            _check_length(dataset, description)
        elif (element := dataset.get_item("PixelData")) is not None:
            if not element.value.startswith(_ITEM):
                raise UnreadableImage(_OTHERWISE)
            stream = get_frame(
                element.value,
                index,
                number_of_frames=frames,
                extended_offsets=_offsets(dataset),
            )
            coded = _check_stream(description, syntax, stream)
            if coded and (actual := _actual_syntax(syntax, coded)) != syntax:
                syntax = dataset.file_meta.TransferSyntaxUID = actual
                plugin = find_plugin(syntax)
            if syntax in {JPEGBaseline8Bit, JPEGExtended12Bit} and coded and coded.bits == 8:
                jpeg = open_whole(stream, reduce=reduce if coded.samples == 1 else 8)
                if coded.samples == 1:
                    return significant_bits(np.asarray(jpeg), dataset, description)
                plugin = "pillow"
        # pydicom drops unused bits where it converts colours, and must not do so elsewhere
        converts = description.interpretation.startswith("YBR")
        cells = pixel_array(
            dataset, index=index, decoding_plugin=plugin, correct_unused_bits=converts
        )
        return (cells, description) if converts else significant_bits(cells, dataset, description)
    except BROKEN:
        raise UnreadableImage(_DAMAGED) from None


def _check_length(dataset: Dataset, description: Description) -> None:
    """Refuse uncompressed pixels that end before the image does."""
    keyword = next(keyword for keyword in PIXELS if keyword in dataset)
    samples = 2 if description.interpretation == "YBR_FULL_422" else description.samples
    values = description.rows * description.columns * samples * description.frames
    bits = values * description.allocated
    value = dataset[keyword].value
    if len(value) < (bits + 7) // 8:
        if value.startswith(_ITEM):
            raise UnreadableImage(_OTHERWISE)
        raise UnreadableImage("its pixels are truncated")


def _check_stream(description: Description, syntax: UID, stream: bytes) -> CodedSize | None:
    """Refuse a stream of another size than the header's, or one that was cut short."""
    if syntax == RLELossless:
        return None
    coded = read_size(stream)
    if coded is None:
        raise UnreadableImage(_DAMAGED)
    claimed = (description.rows, description.columns, description.samples)
    if (coded.rows, coded.columns, coded.samples) != claimed:
        raise UnreadableImage("its header and its compressed pixels differ in size")
    if (syntax in JPEG2000TransferSyntaxes or syntax in _HTJ2K) and is_cut_short(stream):
        raise UnreadableImage("its pixels are truncated")
    return coded


def _actual_syntax(syntax: UID, coded: CodedSize) -> UID:
    """Return the transfer syntax of a JPEG stream, which the header may call by the wrong name."""
    if syntax in {JPEGBaseline8Bit, JPEGExtended12Bit}:
        if coded.process == _LOSSLESS:
            return JPEGLossless
        if coded.bits > 8:
            return JPEGExtended12Bit
    return syntax


def _offsets(dataset: Dataset) -> tuple[bytes, bytes] | None:
    offsets, lengths = dataset.get("ExtendedOffsetTable"), dataset.get("ExtendedOffsetTableLengths")
    return (offsets, lengths) if offsets and lengths else None
