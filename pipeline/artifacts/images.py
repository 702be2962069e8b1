"""data/images.h5: the prepared pixels, once for all that read them."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from numpy.typing import NDArray

from radbank.errors import RadbankError
from radbank.files import atomic_path, is_no_room

if TYPE_CHECKING:
    from features.image_views import Pixels

SCHEMA = 1
MADE_BY = (
    "DICOM grey-scale pipeline (modality, VOI, inversion) or luma to 8 bits; whole image, longer "
    "side reduced to the size with an antialiased bicubic filter, never enlarged, centred on black;"
    " JPEG images of three times the size or more decoded at half of theirs where their stored "
    "values are their greys"
)
_BESIDE_ID = 256  # bytes: more than an image takes beside its pixels and its id
_OVERHEAD = 2**16  # bytes: more than HDF5's own tables take


@dataclass(frozen=True)
class StoredPixels:
    """The pixels of a store, read from disk as they are sliced.

    Attributes
    ----------
    dataset
        uint8 of shape (n_images, size, size).
    damaged
        The error to raise where HDF5 cannot read.
    """

    dataset: h5py.Dataset
    damaged: RadbankError

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the dataset."""
        return tuple(self.dataset.shape)

    def __len__(self) -> int:
        return int(self.dataset.shape[0])

    def __getitem__(self, rows: Any) -> NDArray[np.uint8]:  # noqa: ANN401 - what NumPy takes
        """Return some images.

        Raises
        ------
        RadbankError
            If the file is damaged there.
        """
        try:
            return np.asarray(self.dataset[rows], dtype=np.uint8)
        except (OSError, RuntimeError, ValueError):
            raise self.damaged from None


@dataclass(frozen=True)
class PreparedImages:
    """An open store.

    Attributes
    ----------
    ids
        One id an image, in the order of the rows of `pixels`, which is that of the cases.
    pixel_sha256
        SHA-256 of each image's prepared pixels, in the same order.
    pixels
        uint8 of shape (n_images, size, size), read from disk as it is sliced.
    size
        Side of the images in pixels.
    synthetic
        Whether any image shows a phantom and not a person.
    """

    ids: list[str]
    pixel_sha256: list[str]
    pixels: "Pixels"
    size: int
    synthetic: bool

    def check(self) -> None:
        """Compare every image with its SHA-256.

        Raises
        ------
        RadbankError
            If one is damaged.
        """
        for row, sha256 in enumerate(self.pixel_sha256):
            if hashlib.sha256(self.pixels[row : row + 1].tobytes()).hexdigest() != sha256:
                raise RadbankError(
                    f"The prepared pixels of image {row} are damaged: make data/images.h5 anew "
                    "with `dvc repro --force prepare`."
                )


def write_images(
    path: str | Path,
    ids: Sequence[str],
    pixel_iterator: Iterable[np.ndarray],
    size: int,
    synthetic: bool,
) -> None:
    """Write prepared images as they come, holding one at a time in memory.

    Parameters
    ----------
    path
        The store to write, atomically: an exception leaves what was there before.
    ids
        One id an image.
    pixel_iterator
        uint8 arrays of shape (size, size), in the order of `ids`.
    size
        Side of the images in pixels.
    synthetic
        Whether any image shows a phantom and not a person.

    Raises
    ------
    ValueError
        If there are not as many images as ids, or an image has another shape or type.
    OSError
        If there is no room for the images; found before the first is written.
    """
    shape = (size, size)
    digests = []
    with atomic_path(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["radbank_schema"] = SCHEMA
        file.attrs["size"] = size
        file.attrs["synthetic"] = synthetic
        file.attrs["data"] = "synthetic demo cohort" if synthetic else "real"
        file.attrs["made_by"] = MADE_BY
        _write_texts(file, "id", ids)
        pixels = file.create_dataset("pixels", (len(ids), *shape), np.uint8)
        _reserve(file, Path(path), ids, n_bytes=len(ids) * size * size)
        for row, image in enumerate(pixel_iterator):
            if image.shape != shape or image.dtype != np.uint8:
                raise ValueError(f"image {row} is {image.dtype} {image.shape}, not uint8 {shape}")
            if row == len(ids):
                raise ValueError(f"more images than the {len(ids)} ids")
            pixels[row] = image
            digests.append(hashlib.sha256(image.tobytes()).hexdigest())
        if len(digests) != len(ids):
            raise ValueError(f"{len(digests)} images for {len(ids)} ids")
        _write_texts(file, "pixel_sha256", digests)


def _write_texts(file: h5py.File, name: str, texts: Sequence[str]) -> None:
    """Write texts at one length in bytes: a reader knows beforehand how much it reads."""
    encoded = [text.encode() for text in texts]
    dtype = h5py.string_dtype("utf-8", max(map(len, encoded), default=1))
    file.create_dataset(name, data=np.array(encoded, dtype), dtype=dtype)


def _require_bounded(file: h5py.File, shape: tuple[int, ...], n_bytes: int) -> None:
    """Raise ValueError if a dataset claims more than its file can hold, before room is made for it.

    Parameters
    ----------
    file
        An image store.
    shape
        Of its pixels.
    n_bytes
        Size of the file.
    """
    for name, wanted in (("pixels", shape), ("id", shape[:1]), ("pixel_sha256", shape[:1])):
        dataset = file[name]
        text = h5py.check_string_dtype(dataset.dtype)
        kind = dataset.dtype == np.uint8 if name == "pixels" else text and text.length
        plain = dataset.chunks is None and not dataset.is_virtual and not dataset.external
        if not (kind and plain and dataset.shape == wanted and dataset.nbytes <= n_bytes):
            raise ValueError(f"{name} is of another kind")


def _reserve(file: h5py.File, path: Path, ids: Sequence[str], n_bytes: int) -> None:
    """Take the room for the pixels from the disk before any is written.

    HDF5 does not survive a full disk: it raises RuntimeError, and the process may end in a
    segmentation fault when the file is closed.

    Raises
    ------
    OSError
        If the disk, a quota or a limit has no room for the pixels and some
        tens of kilobytes more; `filename` is the store's.
    """
    needed = n_bytes + sum(_BESIDE_ID + len(name.encode()) for name in ids) + _OVERHEAD
    if hasattr(os, "posix_fallocate") and n_bytes:  # macOS has no such function
        try:
            os.posix_fallocate(file.id.get_vfd_handle(), 0, n_bytes)
            needed -= n_bytes
        except OSError as error:
            if is_no_room(error):
                error.filename = str(path)
                raise
    if shutil.disk_usage(path.parent).free < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


@contextmanager
def open_images(path: str | Path) -> Iterator[PreparedImages]:
    """Open a store for reading.

    Raises
    ------
    RadbankError
        If the file is missing, is no such store or is of another schema.
    """
    advice = "run `dvc repro --force prepare` to make it anew"
    if not Path(path).is_file():
        raise RadbankError(f"There is no {path}: run `dvc repro prepare` to make it.")
    damaged = RadbankError(f"{path} is damaged or is no HDF5 file: {advice}.")
    try:
        file = h5py.File(path, "r")
    except (OSError, RuntimeError):
        raise damaged from None
    with file:
        try:
            if file.attrs.get("radbank_schema") != SCHEMA or "pixel_sha256" not in file:
                raise RadbankError(f"{path} is no image store of schema {SCHEMA}: {advice}.")
            size, pixels = int(file.attrs["size"]), file["pixels"]
            _require_bounded(file, (len(pixels), size, size), Path(path).stat().st_size)
            images = PreparedImages(
                ids=file["id"].asstr()[:].tolist(),
                pixel_sha256=file["pixel_sha256"].asstr()[:].tolist(),
                pixels=StoredPixels(pixels, damaged),
                size=size,
                synthetic=bool(file.attrs["synthetic"]),
            )
        except (OSError, RuntimeError, LookupError, TypeError, ValueError, AttributeError):
            raise damaged from None
        yield images
