"""Decode JPEG streams, at reduced size where that is enough; refuse truncated ones.

A stream that simply stops makes Pillow raise. One that stops early and still ends with the end
marker does not: libjpeg fills what is missing with flat grey and only murmurs. So the marker is
taken off before decoding, and a decoder that still wants bytes then has found a hole.
"""

import io

import numpy as np
from PIL import Image as Pillow

from pipeline.imaging.image import ANY_SIDE, UnreadableImage

_END = b"\xff\xd9"
# decoders look 8 bytes ahead; a run of ones is no Huffman code, so it completes two blocks at most
_AHEAD = b"\xff\x00" * 8
_MARGIN = 1.5  # of a decoded side over a prepared one
_SCAN = b"\xff\xda"
_MOST_SCANS = 64  # encoders write 6 to 10
_MOST_WALKED = 2**30  # pixels times scans: 16 of the largest images
_FILLING = b"\x55" * 4096  # a block takes a few bits, so this fills many of them


def open_whole(stream: bytes, *, reduce: int = 1) -> Pillow.Image:
    """Decode a JPEG stream that codes its image down to the last blocks.

    Parameters
    ----------
    stream
        From the start marker to the end marker, with or without padding after it.
    reduce
        1, 2, 4 or 8: decode at that fraction of the size (each pixel the mean of a square of as
        many to a side), which is quicker. All of the coded data is still read.

    Raises
    ------
    OSError
        If the stream is damaged, or lacks more than its last two blocks of 8 x 8 pixels.
    UnreadableImage
        If it has more scans than any encoder writes.
    """
    end = stream.rfind(_END)
    if end < 0:
        raise OSError("no end marker")
    image = Pillow.open(io.BytesIO(stream[:end] + _AHEAD), formats=("JPEG",))
    _refuse_scans(stream, image.width * image.height)
    if image.info.get("progressive"):
        # all scans up to the end marker belong to the image
        image = Pillow.open(io.BytesIO(stream), formats=("JPEG",))
        if not _fills_nothing(stream[:end]):
            raise OSError("missing blocks")
    if reduce > 1:
        image.draft(image.mode, (max(image.width // reduce, 1), max(image.height // reduce, 1)))
    image.decodermaxblock = len(stream) + len(_AHEAD)  # in one piece: pieces are copied together
    image.load()
    return image


def find_reduction(rows: int, columns: int, side: int | None) -> int:
    """Return by what the sides of an image may be divided while it is decoded.

    Parameters
    ----------
    rows, columns
        Of the image.
    side
        Pixels that its longer side will be brought down to; :data:`ANY_SIDE` if only a look is
        wanted, None if all pixels are.

    Returns
    -------
    int
        For a look at most 8. Otherwise 2 where that leaves a margin over `side`, else 1:
        embeddings show halving less than a change of some greys by one, but quarters and eighths
        more (docs/reference/decoding.md has the figures).
    """
    if side is None:
        return 1
    shorter, longer = sorted((rows, columns))
    if side == ANY_SIDE:
        return next((factor for factor in (8, 4, 2) if shorter >= factor), 1)
    return 2 if longer >= 2 * _MARGIN * side and shorter >= 2 else 1


def _refuse_scans(stream: bytes, n_pixels: int) -> None:
    """Refuse a stream whose scans would keep a decoder busy for long.

    Each scan may be a few bytes, and takes a walk through all pixels.
    """
    scans = stream.count(_SCAN)  # coded data never looks like a marker
    if scans > _MOST_SCANS or scans * n_pixels > _MOST_WALKED:
        raise UnreadableImage("it is coded in more scans than any encoder writes")


def _fills_nothing(body: bytes) -> bool:
    """Tell whether the stream is complete: then bytes put before the end marker change no pixel."""
    filled, plain = (
        np.asarray(Pillow.open(io.BytesIO(body + tail), formats=("JPEG",)))
        for tail in (_FILLING + _END, _END)
    )
    return np.array_equal(filled, plain)
