"""Which bits of a cell are its value, by the header and where the header is wrong."""

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import RLELossless

from pipeline.imaging.read import read_grey

FULL = np.array([[0, 819], [1638, 4095]], np.uint16)  # fills all 12 bits
FIFTHS = [[0, 51], [102, 255]]
SMOOTH = np.tile(np.linspace(0, 4095, 256).round().astype(np.uint16), (4, 1))
SMOOTH_GREY = np.rint(SMOOTH * (255 / 4095)).astype(np.uint8)


def test_bits_above_those_stored_are_no_part_of_the_value(write_dicom):
    stored = np.array([[0, 51], [102, 255]], np.uint16)
    path = write_dicom(stored | 0xF000, BitsStored=12, HighBit=11)
    assert np.array_equal(read_grey(path), stored.astype(np.uint8))


def test_the_sign_sits_in_the_high_bit(write_dicom):
    stored = np.array([[-1000, -490], [20, 1550]], np.int16)
    cells = (stored & 0x0FFF).astype(np.int16)  # as writers do that do not extend the sign
    assert read_grey(write_dicom(cells, BitsStored=12, HighBit=11)).tolist() == FIFTHS


@pytest.mark.parametrize("high", [11, 15, 3, 0, None])
def test_values_that_fill_their_bits_are_read_at_the_right_place(write_dicom, high):
    cells = FULL << 4 if high == 15 else FULL
    assert read_grey(write_dicom(cells, BitsStored=12, HighBit=high)).tolist() == FIFTHS


def test_signed_values_at_the_top_of_the_cell(write_dicom):
    values = (FULL.astype(np.int16) - 2048) << 4
    assert read_grey(write_dicom(values, BitsStored=12, HighBit=15)).tolist() == FIFTHS


def test_a_window_is_in_units_of_the_value(write_dicom):
    tags = {"WindowCenter": 410, "WindowWidth": 819, "VOILUTFunction": "LINEAR_EXACT"}
    path = write_dicom(FULL << 4, BitsStored=12, HighBit=15, **tags)
    assert read_grey(path).tolist() == [[0, 255], [255, 255]]


def test_run_length_encoded_cells_have_unused_bits_too(write_dicom):
    path = write_dicom(FULL << 4, BitsStored=12, HighBit=15)
    dataset = dcmread(path)
    dataset.BitsStored = 16
    dataset.compress(RLELossless, generate_instance_uid=False)
    dataset.BitsStored = 12
    dataset.save_as(path)
    assert read_grey(path).tolist() == FIFTHS


@pytest.mark.parametrize("big", [False, True])
def test_colours_at_the_top_of_the_cell(write_dicom, big):
    colours = np.stack([FULL] * 3, axis=-1) << 4
    assert read_grey(write_dicom(colours, big=big, BitsStored=12, HighBit=15)).tolist() == FIFTHS


@pytest.mark.parametrize("big", [False, True])
def test_a_high_bit_that_the_values_contradict(write_dicom, big):
    right = np.array([[15, 831], [1647, 4095]], np.uint16)
    assert read_grey(write_dicom(right, big=big, BitsStored=12, HighBit=15)).tolist() == FIFTHS


@pytest.mark.parametrize(
    ("cells", "stored", "high"),
    [
        (SMOOTH, 10, 9),
        (SMOOTH, 8, 7),
        (SMOOTH.astype(np.int16), 10, 9),
        (SMOOTH << 4, 12, 11),
        (SMOOTH << 4, 10, 9),
    ],
)
@pytest.mark.parametrize("big", [False, True])
def test_values_that_the_header_would_cut_in_two_are_whole_cells(
    write_dicom, cells, stored, high, big
):
    path = write_dicom(cells, big=big, BitsStored=stored, HighBit=high)
    assert np.array_equal(read_grey(path), SMOOTH_GREY)


@pytest.mark.parametrize("low", [0, 4])
def test_an_overlay_in_the_unused_bits_is_ignored(write_dicom, low):
    cells = SMOOTH << low
    cells[1:3, 100:160] |= 0xFFFF ^ (0x0FFF << low)
    path = write_dicom(cells, BitsStored=12, HighBit=11 + low)
    assert np.array_equal(read_grey(path), SMOOTH_GREY)


def test_an_overlay_that_the_header_names_is_ignored_whatever_it_looks_like(write_dicom):
    path = write_dicom(SMOOTH, BitsStored=10, HighBit=9)
    dataset = dcmread(path)
    dataset.add_new((0x6000, 0x0100), "US", 16)
    dataset.add_new((0x6000, 0x0102), "US", 10)
    dataset.save_as(path)
    assert np.array_equal(read_grey(path), np.rint((SMOOTH % 1024) * (255 / 1023)))
