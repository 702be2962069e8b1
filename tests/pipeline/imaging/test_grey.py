import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, Sequence
from pydicom.pixels.processing import apply_windowing

from pipeline.imaging.description import Description
from pipeline.imaging.grey import to_grey
from pipeline.imaging.read import UnreadableImage, read_grey
from pipeline.imaging.voi import window

VALUES = np.array([[0, 100, 200], [300, 400, 4095]], np.uint16)


def lookup_table(first, entries, bits):
    item = Dataset()
    item.LUTDescriptor = [len(entries), first, bits]
    item["LUTDescriptor"].VR = "US" if first >= 0 else "SS"
    item.LUTData = list(entries)
    item["LUTData"].VR = "US"
    return Sequence([item])


def test_eight_bits_without_a_window_stay_as_stored(write_dicom):
    stored = np.array([[7, 9], [100, 200]], np.uint8)
    assert np.array_equal(read_grey(write_dicom(stored)), stored)


def test_deeper_pixels_without_a_window_fill_the_range_that_occurs(write_dicom):
    stored = np.array([[1000, 1051], [1100, 1255]], np.uint16)
    assert read_grey(write_dicom(stored, BitsStored=12, HighBit=11)).tolist() == [
        [0, 51],
        [100, 255],
    ]


def test_few_bits_are_spread_over_what_they_can_hold(write_dicom):
    stored = np.array([[0, 5], [10, 15]], np.uint8)
    grey = read_grey(write_dicom(stored, BitsStored=4, HighBit=3))
    assert grey.tolist() == [[0, 85], [170, 255]]


def test_monochrome1_is_turned_round(write_dicom):
    stored = np.array([[7, 9], [100, 200]], np.uint8)
    path = write_dicom(stored, PhotometricInterpretation="MONOCHROME1")
    assert np.array_equal(read_grey(path), 255 - stored)


def test_presentation_shape_inverse_does_not_turn_monochrome1_round_twice(write_dicom):
    stored = np.array([[7, 9], [100, 200]], np.uint8)
    inverse = {"PresentationLUTShape": "INVERSE"}
    one = write_dicom(stored, PhotometricInterpretation="MONOCHROME1", **inverse)
    assert np.array_equal(read_grey(one), 255 - stored)
    assert np.array_equal(read_grey(write_dicom(stored, **inverse)), 255 - stored)


def test_a_linear_window_is_the_standards(write_dicom):
    # C.11.2.1.2.1 with c = 200.5, w = 201: black up to 100, white above 300
    path = write_dicom(VALUES, BitsStored=12, HighBit=11, WindowCenter=200.5, WindowWidth=201)
    assert read_grey(path).tolist() == [[0, 0, 128], [255, 255, 255]]


def test_inversion_comes_after_the_window(write_dicom):
    tags = {"WindowCenter": 200.5, "WindowWidth": 201, "PhotometricInterpretation": "MONOCHROME1"}
    assert read_grey(write_dicom(VALUES, **tags)).tolist() == [[255, 255, 128], [0, 0, 0]]


def test_the_first_of_several_windows_counts(write_dicom):
    path = write_dicom(VALUES, WindowCenter=[200.5, 9], WindowWidth=[201, 3])
    assert read_grey(path).tolist() == [[0, 0, 128], [255, 255, 255]]


def test_rescale_comes_before_the_window(write_dicom):
    stored = np.array([[0, 500], [1000, 2000]], np.int16)
    path = write_dicom(
        stored,
        RescaleSlope=2,
        RescaleIntercept=-1000,
        WindowCenter=0,
        WindowWidth=2000,
        VOILUTFunction="LINEAR_EXACT",
    )
    assert read_grey(path).tolist() == [[0, 128], [255, 255]]


def test_a_negative_slope_turns_round(write_dicom):
    stored = np.array([[0, 55], [200, 255]], np.uint8)
    path = write_dicom(stored, RescaleSlope=-1, RescaleIntercept=0)
    assert np.array_equal(read_grey(path), 255 - stored)


def test_signed_pixels(write_dicom):
    stored = np.array([[-1000, -490], [20, 1550]], np.int16)
    assert read_grey(write_dicom(stored)).tolist() == [[0, 51], [102, 255]]


def test_big_endian_pixels(write_dicom):
    stored = np.array([[-1000, -490], [20, 1550]], np.int16)
    assert read_grey(write_dicom(stored, big=True)).tolist() == [[0, 51], [102, 255]]


def test_padding_is_black_and_does_not_stretch_the_range(write_dicom):
    stored = np.array([[-2000, 0], [100, 255]], np.int16)
    path = write_dicom(stored, PixelPaddingValue=-2000)
    assert read_grey(path).tolist() == [[0, 0], [100, 255]]


def test_padding_is_black_in_monochrome1_too(write_dicom):
    stored = np.array([[0, 0], [100, 355], [355, 100]], np.uint16)
    path = write_dicom(stored, PixelPaddingValue=0, PhotometricInterpretation="MONOCHROME1")
    assert read_grey(path).tolist() == [[0, 0], [255, 0], [0, 255]]


def test_a_range_of_padding(write_dicom):
    stored = np.array([[3, 9], [100, 355]], np.uint16)
    path = write_dicom(stored, PixelPaddingValue=0, PixelPaddingRangeLimit=10)
    assert read_grey(path).tolist() == [[0, 0], [0, 255]]


def test_a_voi_lut_goes_before_a_window(write_dicom):
    stored = np.array([[0, 1], [2, 90]], np.uint16)
    table = lookup_table(1, [0, 1023, 512], 10)
    path = write_dicom(stored, VOILUTSequence=table, WindowCenter=45, WindowWidth=90)
    assert read_grey(path).tolist() == [[0, 0], [255, 128]]


def test_an_eight_bit_table_does_not_wrap_above_255(write_dicom):
    stored = np.array([[0, 1], [2, 300]], np.uint16)
    path = write_dicom(stored, VOILUTSequence=lookup_table(0, [10, 20, 250], 8))
    assert read_grey(path).tolist() == [[10, 20], [250, 250]]


def test_a_voi_lut_on_rescaled_negative_values(write_dicom):
    stored = np.array([[0, 1], [2, 3]], np.int16)
    table = lookup_table(-2, [0, 85, 170, 255], 8)
    path = write_dicom(stored, RescaleSlope=1, RescaleIntercept=-2, VOILUTSequence=table)
    assert read_grey(path).tolist() == [[0, 85], [170, 255]]


def test_a_modality_lut_comes_first(write_dicom):
    stored = np.array([[0, 1], [2, 3]], np.uint16)
    table = lookup_table(0, [4000, 3000, 2000, 1000], 12)
    table[0].ModalityLUTType = "US"
    path = write_dicom(stored, ModalityLUTSequence=table)
    assert read_grey(path).tolist() == [[255, 170], [85, 0]]


def test_a_window_of_no_width_counts_as_absent(write_dicom):
    path = write_dicom(VALUES, WindowCenter=0, WindowWidth=0)
    assert read_grey(path)[1, 2] == 255


def test_a_window_that_shows_nothing_is_refused(write_dicom):
    with pytest.raises(UnreadableImage, match="same grey"):
        read_grey(write_dicom(VALUES, WindowCenter=50000, WindowWidth=10))


def test_float_pixels_that_are_no_numbers_are_black():
    dataset = Dataset()
    dataset.PhotometricInterpretation = "MONOCHROME2"
    stored = np.array([[np.nan, 0.5], [1.5, np.inf]], np.float32)
    description = Description(2, 2, 1, "MONOCHROME2", 32, 32, 31, True, 1)
    assert to_grey(stored, dataset, description).tolist() == [[0, 0], [255, 0]]


@settings(max_examples=60, deadline=None)
@given(
    center=st.floats(-3000, 3000),
    width=st.floats(1, 6000),
    function=st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
)
def test_windows_agree_with_pydicoms(center, width, function):
    values = np.arange(-2048, 2048, 13, dtype=np.int16)
    dataset = Dataset()
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsStored, dataset.PixelRepresentation = 12, 1
    dataset.add_new("WindowCenter", "FD", center)
    dataset.add_new("WindowWidth", "FD", width)
    dataset.VOILUTFunction = function
    with np.errstate(over="ignore"):  # pydicom's sigmoid overflows to the right answer
        reference = (apply_windowing(values, dataset) + 2048) / 4095
    np.testing.assert_allclose(
        window(values.astype(float), center, width, function), reference, atol=1e-6
    )
