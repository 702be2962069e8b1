"""Find new image files below folders, and read them as prepared pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from pipeline.artifacts.quarantine import Rejected, count_reasons
from pipeline.imaging.image import UnreadableImage
from pipeline.imaging.parse import is_dicom
from pipeline.imaging.prepare import prepare_file
from pipeline.imaging.raster import format_of
from pipeline.layouts.files import SUFFIXES, find_files
from radbank.errors import RadbankError
from radbank.parallel import ordered_map

_HEAD = 132  # bytes that tell the format


@dataclass(frozen=True)
class NewImages:
    """What is to be scored.

    Attributes
    ----------
    paths
        Files, each once.
    lost
        What should be files and cannot be opened, with reasons.
    passed_over
        What is not opened, with reasons: pipes, links to what is found under another name.
    """

    paths: list[Path]
    lost: list[Rejected]
    passed_over: list[Rejected]


def find_images(places: Sequence[Path]) -> NewImages:
    """Return the files given, and the images below the folders given.

    Parameters
    ----------
    places
        Files, whatever they are, and folders, of which those files are taken that count by
        :mod:`pipeline.layouts.files` and have the suffix or the first bytes of an image.

    Raises
    ------
    RadbankError
        If a place does not exist, or there is nothing to score in all of them.
    """
    found: dict[Path, None] = {}
    lost, passed_over = [], []
    for place in places:
        if place.is_dir():
            tree = find_files(place)
            found.update(dict.fromkeys(filter(_may_be_an_image, map(place.joinpath, tree.files))))
            lost += [replace(item, path=str(place / item.path)) for item in tree.lost]
            passed_over += [replace(item, path=str(place / item.path)) for item in tree.passed_over]
        elif place.is_file():
            found[place] = None
        else:
            raise RadbankError(f"There is no file or folder {place}.")
    if not found:
        also = f" ({count_reasons(lost)})" if lost else ""
        raise RadbankError(
            f"There is no DICOM, PNG, JPEG or TIFF file in {', '.join(map(str, places))}{also}."
        )
    return NewImages(list(found), lost, passed_over)


def _may_be_an_image(path: Path) -> bool:
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return True  # whoever reads it says why it cannot be read
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
