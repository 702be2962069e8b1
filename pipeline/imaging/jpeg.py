"""Whether a JPEG stream holds all of its image.

A stream that simply stops makes Pillow raise. One that stops early and still ends with the end
marker does not: libjpeg fills what is missing with flat grey and only murmurs.
"""

import io

import numpy as np
from PIL import Image as Pillow

_END = b"\xff\xd9"
_FILLING = b"\x55" * 4096  # a block takes a few bits, so this fills many of them


def is_whole(stream: bytes) -> bool:
    """Say whether a decodable JPEG stream codes its image down to the last block.

    Bytes put between the coded data and the end marker change nothing in a whole image, for a
    decoder passes over them. Where blocks are missing it takes the bytes for those blocks, so the
    image comes out different.

    Parameters
    ----------
    stream
        From the start marker to the end marker, with or without padding after it.
    """
    end = stream.rfind(_END)
    if end < 0:
        return False
    try:
        filled = _pixels(stream[:end] + _FILLING + _END)
    except OSError:  # a decoder that reads the filling can also stumble over it
        return False
    return np.array_equal(filled, _pixels(stream[:end] + _END))


def _pixels(stream: bytes) -> np.ndarray:
    with Pillow.open(io.BytesIO(stream)) as image:
        return np.asarray(image)
