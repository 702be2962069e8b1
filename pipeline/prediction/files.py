"""Find new image files below folders, and read them as prepared pixels."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from pipeline.imaging.image import UnreadableImage
from pipeline.imaging.parse import is_dicom
from pipeline.imaging.prepare import prepare_file
from pipeline.imaging.raster import format_of
from radbank.errors import RadbankError
from radbank.parallel import ordered_map

SUFFIXES = frozenset({".dcm", ".dicom", ".jpeg", ".jpg", ".png", ".tif", ".tiff"})
_HEAD = 132  # bytes that tell the format


def find_files(places: Sequence[Path]) -> list[Path]:
    """Return the files given, and the images below the folders given, each once.

    Parameters
    ----------
    places
        Files, whatever they are, and folders, which are searched at every depth for files that
        have the suffix or the first bytes of an image. Hidden ones are passed over.

    Raises
    ------
    RadbankError
        If a place does not exist, or there is no file in all of them.
    """
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            found.update(dict.fromkeys(_below(place)))
        elif place.is_file():
            found[place] = None
        else:
            raise RadbankError(f"There is no file or folder {place}.")
    if not found:
        raise RadbankError(
            f"There is no DICOM, PNG, JPEG or TIFF file in {', '.join(map(str, places))}."
        )
    return list(found)


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _below(path)
        elif path.suffix.lower() in SUFFIXES or _looks_like_an_image(path):
            yield path


def _looks_like_an_image(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return is_dicom(head) or format_of(head) is not None


class FilePixels:
    """Files as a stack of prepared images, each read when it is sliced.

    A file that cannot be read stands as a black image, and under its position in `unreadable`
    with the reason.

    Parameters
    ----------
    paths
        The files.
    size
        Side of a prepared image in pixels.
    frame
        Which one of several frames of a DICOM file, from 1; None refuses files with several.
    """

    def __init__(self, paths: Sequence[Path], size: int, frame: int | None = None) -> None:
        self.paths = list(paths)
        self.frame = frame
        self.shape: tuple[int, ...] = (len(self.paths), size, size)
        self.unreadable: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, rows: slice) -> np.ndarray:
        """Return prepared images, uint8 of shape (n, size, size)."""
        positions = range(len(self))[rows]
        size = self.shape[1]
        stack = np.zeros((len(positions), size, size), np.uint8)
        images = ordered_map(partial(_read, size, self.frame), self.paths[rows], scheduler=None)
        for into, position, image in zip(stack, positions, images, strict=True):
            if isinstance(image, UnreadableImage):
                self.unreadable[position] = str(image)
            else:
                into[:] = image
        return stack


def _read(size: int, frame: int | None, path: Path) -> np.ndarray | UnreadableImage:
    try:
        return prepare_file(path, size, frame=frame)
    except UnreadableImage as reason:
        return reason
