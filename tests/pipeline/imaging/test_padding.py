"""Pixel padding: what it is, what it is not, and what is said about it."""

import numpy as np
import pytest
from pydicom import dcmread

from pipeline.imaging.caution import PADDING
from pipeline.imaging.examine import Facts, examine
from pipeline.imaging.read import read_grey, read_image

TWELVE = {"BitsStored": 12, "HighBit": 11}
PICTURE = np.array([[4095, 2096], [1365, 0]], np.uint16)
AS_IT_IS = [[255, 131], [85, 0]]


def padded(path, value, *, limit=None, vr=None):
    dataset = dcmread(path)
    for element, number in ((0x0120, value), (0x0121, limit)):
        if number is not None:
            dataset.add_new((0x0028, element), vr or ("SS" if number < 0 else "US"), number)
    dataset.save_as(path)
    return path


@pytest.mark.parametrize("value", [65535, -2000, 4096, -1, 63536])
@pytest.mark.parametrize("turned", [False, True])
def test_a_value_that_the_stored_bits_cannot_hold_pads_nothing(write_dicom, value, turned):
    inverse = {"PhotometricInterpretation": "MONOCHROME1"} if turned else {}
    path = padded(write_dicom(PICTURE, **TWELVE, **inverse), value)
    expected = np.array(AS_IT_IS)
    assert np.array_equal(read_grey(path), 255 - expected if turned else expected)
    assert read_image(path).cautions == (PADDING,)
    facts = examine(path)
    assert isinstance(facts, Facts)
    assert facts.caution is not None
    assert PADDING in facts.caution


def test_of_a_range_only_the_end_that_can_be_held_counts(write_dicom):
    path = padded(write_dicom(PICTURE, **TWELVE), 0, limit=65535)
    assert read_grey(path).tolist() == [[255, 68], [0, 0]]
    assert read_image(path).cautions == (PADDING,)


def test_padding_outside_the_stored_bits_is_padding_still(write_dicom):
    stored = np.array([[-2000, 0], [100, 255]], np.int16)
    path = padded(write_dicom(stored, **TWELVE), 65536 - 2000)
    assert read_grey(path).tolist() == [[0, 0], [100, 255]]
    assert read_image(path).cautions == ()


@pytest.mark.parametrize("value", [4095, 0, 2096])
def test_a_value_that_they_can_hold_is_black(write_dicom, value):
    for turned in ("MONOCHROME1", "MONOCHROME2"):
        path = write_dicom(PICTURE, **TWELVE, PhotometricInterpretation=turned)
        grey = read_grey(padded(path, value))
        assert grey[value == PICTURE].tolist() == [0]
    assert read_image(path).cautions == ()


def test_sixteen_bits_hold_the_negative_of_another_kind_of_integer(write_dicom):
    stored = np.array([[63536, 100], [151, 355]], np.uint16)
    path = padded(write_dicom(stored), -2000)
    assert read_grey(path).tolist() == [[0, 0], [51, 255]]
    assert read_image(path).cautions == ()
