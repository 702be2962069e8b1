"""Radiograph files written for the tests, a property at a time."""

import io
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from pydicom import FileDataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    SecondaryCaptureImageStorage,
)

WriteDicom = Callable[..., Path]


@pytest.fixture
def write_dicom(tmp_path: Path) -> WriteDicom:
    """Return a writer of one-image DICOM files: stored pixels, then tags by keyword."""

    def write(pixels: np.ndarray, *, name: str = "x.dcm", jpeg=False, big=False, **tags) -> Path:
        syntax = ExplicitVRBigEndian if big else ExplicitVRLittleEndian
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = JPEGBaseline8Bit if jpeg else syntax
        meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
        meta.MediaStorageSOPInstanceUID = "1.2.3"
        encoding = {"is_implicit_VR": False, "is_little_endian": not big}
        dataset = FileDataset(None, {}, file_meta=meta, preamble=bytes(128), **encoding)
        bits = 8 * pixels.dtype.itemsize
        dataset.SOPClassUID = SecondaryCaptureImageStorage
        dataset.SOPInstanceUID = "1.2.3"
        dataset.Rows, dataset.Columns = pixels.shape[:2]
        dataset.SamplesPerPixel = 1 if pixels.ndim == 2 else 3
        dataset.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
        if pixels.ndim == 3:
            dataset.PlanarConfiguration = 0
        dataset.BitsAllocated = dataset.BitsStored = bits
        dataset.HighBit = bits - 1
        dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
        data = pixels.astype(pixels.dtype.newbyteorder(">" if big else "<")).tobytes()
        if jpeg:
            stream = io.BytesIO()
            Pillow.fromarray(pixels).save(stream, "JPEG", quality=95)
            data = encapsulate([stream.getvalue()])
        dataset.PixelData = data + b"\0" * (len(data) % 2)
        dataset["PixelData"].VR = "OB" if jpeg or bits == 8 else "OW"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom warns of invalid values, which we want
            for keyword, value in tags.items():
                setattr(dataset, keyword, value)
        path = tmp_path / name
        dataset.save_as(path, enforce_file_format=True)
        return path

    return write


@pytest.fixture
def textured() -> np.ndarray:
    """Return uint8 pixels of shape (48, 64) that no codec can make flat."""
    ramp = np.add.outer(np.arange(48), np.arange(64)) * 2
    return (ramp + np.random.default_rng(0).integers(0, 20, (48, 64))).clip(0, 255).astype(np.uint8)
