"""Real DICOM, marked synthetic, equal to the picture it was made of."""

import dataclasses
import warnings

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_voi_lut
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

from pipeline.phantom.dicom import write_dicom
from pipeline.phantom.plan import plan_cohort

PLAN = plan_cohort(1, 1, 0).images[0]
BRIGHTNESS = np.clip(np.add.outer(np.linspace(0, 0.7, 64), np.linspace(0, 0.3, 48)), 0, 1)


def written(tmp_path, **changes):
    plan = dataclasses.replace(PLAN, **{"damage": None, **changes})
    path = tmp_path / "image.dcm"
    write_dicom(path, plan, "F", BRIGHTNESS)
    return pydicom.dcmread(path)


def shown(dataset):
    """Return brightness from 0 to 1 as a viewer shows it."""
    pixels = dataset.pixel_array
    if "WindowCenter" in dataset:
        pixels, top = apply_voi_lut(pixels, dataset), 4095
    else:
        top = 255
    pixels = pixels / top
    return 1 - pixels if dataset.PhotometricInterpretation == "MONOCHROME1" else pixels


@pytest.mark.parametrize("encoding", ["jpeg", "plain8", "plain16"])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_viewer_shows_the_picture(tmp_path, encoding, inverted):
    dataset = written(tmp_path, encoding=encoding, inverted=inverted)
    tolerance = 0.02 if encoding == "jpeg" else 0.003
    np.testing.assert_allclose(shown(dataset), BRIGHTNESS, atol=tolerance)


def test_monochrome1_stores_the_negative(tmp_path):
    positive = written(tmp_path, encoding="plain8", inverted=False)
    negative = written(tmp_path, encoding="plain8", inverted=True)
    assert positive.PhotometricInterpretation == "MONOCHROME2"
    assert negative.PhotometricInterpretation == "MONOCHROME1"
    np.testing.assert_array_equal(negative.pixel_array, 255 - positive.pixel_array)


def test_twelve_bits_hold_more_than_the_window(tmp_path):
    dataset = written(tmp_path, encoding="plain16", inverted=False)
    assert (dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit) == (16, 12, 11)
    assert dataset.pixel_array.max() <= 4095
    assert dataset.WindowWidth < 4095


@pytest.mark.parametrize(
    ("encoding", "syntax"),
    [
        ("jpeg", JPEGBaseline8Bit),
        ("plain8", ExplicitVRLittleEndian),
        ("plain16", ExplicitVRLittleEndian),
    ],
)
def test_transfer_syntax(tmp_path, encoding, syntax):
    dataset = written(tmp_path, encoding=encoding)
    assert dataset.file_meta.TransferSyntaxUID == syntax
    assert ("LossyImageCompression" in dataset) == (encoding == "jpeg")


def test_it_says_synthetic_and_names_nobody(tmp_path):
    dataset = written(tmp_path)
    assert dataset.SyntheticData == "YES"
    assert dataset.Manufacturer == "radbank synthetic phantom"
    assert dataset.BurnedInAnnotation == "NO"
    assert dataset.PatientName == dataset.PatientID == PLAN.id
    assert dataset.StudyDate == dataset.ContentDate == "19010101"
    for keyword in ("PatientBirthDate", "AccessionNumber", "ReferringPhysicianName", "StudyID"):
        assert not dataset[keyword].value
    named = {element.keyword for element in dataset if element.VR == "PN"}
    assert named == {"PatientName", "ReferringPhysicianName"}
    assert "InstitutionName" not in dataset
    assert PLAN.group not in str(dataset)


def test_ages_are_bare_numbers_as_in_the_challenge(tmp_path):
    with warnings.catch_warnings():
        # pydicom rightly says that a bare number is no valid age
        warnings.filterwarnings("ignore", message="Invalid value for VR AS")
        assert written(tmp_path).PatientAge == str(PLAN.age)


def test_equal_arguments_give_equal_bytes(tmp_path):
    for name in ("a", "b"):
        write_dicom(tmp_path / name, PLAN, "M", BRIGHTNESS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("challenge", ["rsna"])
def test_the_challenge_writes_no_tag_that_we_leave_out(tmp_path, shared_data, challenge):
    real = pydicom.dcmread(next((shared_data / challenge / "stage_2_train_images").glob("*.dcm")))
    assert {element.tag for element in real} <= {
        element.tag for element in written(tmp_path, encoding="jpeg")
    }
