"""A radiograph as a DICOM file with the tags of the RSNA challenge, always marked synthetic."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    SecondaryCaptureImageStorage,
    generate_uid,
)

from pipeline.phantom.canvas import Field
from pipeline.phantom.person import Sex
from pipeline.phantom.plan import ImagePlan

LABEL = "radbank synthetic phantom"
PIXEL_SPACING = 0.7
"""Side of a pixel in millimetres: 512 pixels are some 36 cm."""

JPEG_QUALITY = 92


def write_dicom(path: Path, plan: ImagePlan, sex: Sex, brightness: Field) -> None:
    """Write one radiograph; equal arguments give equal bytes.

    Parameters
    ----------
    path
        The file to write.
    plan
        Identity, view, age and encoding.
    sex
        Of the synthetic person.
    brightness
        ndarray of shape (rows, columns), bone bright, 0 to 1; values beyond are clipped, in
        16 bit only where 12 bits end.

    Notes
    -----
    Attributes follow PS3.3 A.8.1 (Secondary Capture Image IOD) as the challenge fills it. Like
    there, the age is a bare number of years, which PS3.5 does not allow.
    """
    dataset = _header(plan, sex)
    rows, columns = brightness.shape
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME1" if plan.inverted else "MONOCHROME2"
    dataset.Rows, dataset.Columns = rows, columns
    dataset.PixelSpacing = [PIXEL_SPACING, PIXEL_SPACING]
    if plan.encoding == "plain16":
        _add_12_bit_pixels(dataset, plan, brightness)
    else:
        _add_8_bit_pixels(dataset, plan, brightness)
    dataset.save_as(path, enforce_file_format=True)


def _header(plan: ImagePlan, sex: Sex) -> Dataset:
    """Return everything but the picture."""
    instance = _uid("image", plan.id)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = instance
    meta.TransferSyntaxUID = JPEGBaseline8Bit if plan.encoding == "jpeg" else ExplicitVRLittleEndian
    # named here, or pydicom would write its own version into the bytes
    meta.ImplementationClassUID = _uid("implementation", "radbank")
    meta.ImplementationVersionName = "RADBANK"
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = instance
    dataset.SyntheticData = "YES"
    dataset.StudyDate = dataset.ContentDate = "19010101"
    dataset.StudyTime = dataset.ContentTime = "000000.00"
    dataset.AccessionNumber = ""
    dataset.Modality = "CR"
    dataset.ConversionType = "WSD"
    dataset.Manufacturer = LABEL
    dataset.ReferringPhysicianName = ""
    dataset.StationName = "radbank phantom"  # 16 characters at most
    dataset.SeriesDescription = f"view: {plan.view}"
    dataset.PatientName = plan.id
    dataset.PatientID = plan.id
    dataset.PatientBirthDate = ""
    dataset.PatientSex = sex
    age = DataElement("PatientAge", "AS", str(plan.age), validation_mode=config.IGNORE)
    dataset.add(age)
    dataset.BodyPartExamined = "CHEST"
    dataset.ViewPosition = plan.view
    dataset.StudyInstanceUID = _uid("study", plan.id)
    dataset.SeriesInstanceUID = _uid("series", plan.id)
    dataset.StudyID = ""
    dataset.SeriesNumber = 1
    dataset.InstanceNumber = 1
    dataset.PatientOrientation = ""
    dataset.ImageComments = f"{LABEL}: no real person"
    dataset.BurnedInAnnotation = "NO"
    return dataset


def _uid(kind: str, name: str) -> UID:
    """Return the UID that belongs to a name for ever."""
    return generate_uid(entropy_srcs=["radbank demo", kind, name])


def _add_8_bit_pixels(dataset: Dataset, plan: ImagePlan, brightness: Field) -> None:
    """Store the film's range as 0 to 255, as JPEG or plainly."""
    pixels = np.rint(255 * np.clip(brightness, 0, 1)).astype(np.uint8)
    if plan.inverted:
        pixels = 255 - pixels
    _describe_bits(dataset, allocated=8, stored=8)
    if plan.encoding == "jpeg":
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "JPEG", quality=JPEG_QUALITY)
        dataset.LossyImageCompression = "01"
        dataset.LossyImageCompressionMethod = "ISO_10918_1"
        _add_pixels(dataset, "OB", encapsulate([buffer.getvalue()]))
    else:
        _add_pixels(dataset, "OB", pixels.tobytes())


def _add_12_bit_pixels(dataset: Dataset, plan: ImagePlan, brightness: Field) -> None:
    """Store more than the film's range in 12 bits, with the window that shows that range.

    Notes
    -----
    The linear window of PS3.3 C.11.2.1.2.1 solved for the stored value. Inverted, value and
    window mirror at the middle of the 12 bits.
    """
    rng = np.random.default_rng([*plan.seed, 1])
    center, width = int(rng.integers(1800, 2300)), int(rng.integers(1600, 2800))
    values = (brightness - 0.5) * (width - 1) + center - 0.5
    pixels: NDArray[np.uint16] = np.rint(np.clip(values, 0, 4095)).astype("<u2")
    if plan.inverted:
        pixels, center = 4095 - pixels, 4096 - center
    _describe_bits(dataset, allocated=16, stored=12)
    dataset.WindowCenter, dataset.WindowWidth = center, width
    _add_pixels(dataset, "OW", pixels.tobytes())


def _describe_bits(dataset: Dataset, *, allocated: int, stored: int) -> None:
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = allocated, stored, stored - 1
    dataset.PixelRepresentation = 0


def _add_pixels(dataset: Dataset, vr: str, value: bytes) -> None:
    """Add PixelData; encapsulated pixels have no length of their own."""
    element = DataElement("PixelData", vr, value)
    element.is_undefined_length = dataset.file_meta.TransferSyntaxUID.is_encapsulated
    dataset.add(element)
