"""What ingest learns of a file by decoding it fully, once."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.imaging.header import Header
from pipeline.imaging.image import UnreadableImage
from pipeline.imaging.read import read_image


@dataclass(frozen=True)
class Facts:
    """A readable file.

    Attributes
    ----------
    height, width
        Of the image in pixels.
    sha256
        Of the encoded pixels.
    header
        What may leave the file's header.
    """

    height: int
    width: int
    sha256: str
    header: Header


def examine(path: Path) -> Facts | UnreadableImage:
    """Decode a file and return what is known of it, or why it cannot be used."""
    try:
        image = read_image(path)
    except UnreadableImage as reason:
        return reason
    height, width = image.grey.shape
    return Facts(height, width, image.encoded_sha256, image.header)
