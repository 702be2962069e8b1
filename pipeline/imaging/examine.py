"""Examine a file for ingest: one read gives size, checksum and header."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.imaging.caution import NARROW, is_narrow
from pipeline.imaging.header import Header
from pipeline.imaging.image import ANY_SIDE, UnreadableImage
from pipeline.imaging.read import read_image


@dataclass(frozen=True)
class Facts:
    """The facts about a readable file: size, checksum, header.

    Attributes
    ----------
    height, width
        Of the image in pixels.
    sha256
        Of the encoded pixels.
    header
        What may leave the file's header.
    caution
        What is doubtful about the picture; None for nearly all.
    """

    height: int
    width: int
    sha256: str
    header: Header
    caution: str | None = None


def examine(path: Path, *, frame: int | None = None) -> Facts | UnreadableImage:
    """Read a file and return what is known of it, or why it cannot be used.

    All of its coded pixels are decoded, JPEG ones to an eighth of the size.

    Parameters
    ----------
    path
        The file.
    frame
        Which one of several frames, from 1; None refuses files with several.
    """
    try:
        image = read_image(path, frame=frame, side=ANY_SIDE)
    except UnreadableImage as reason:
        return reason
    height, width = image.shape
    cautions = [*image.cautions, *([NARROW] if is_narrow(image.grey) else [])]
    return Facts(height, width, image.encoded_sha256, image.header, "; ".join(cautions) or None)
