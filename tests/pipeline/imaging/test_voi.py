"""VOI LUTs and windows that are narrow, empty, damaged or oddly written."""

import numpy as np
import pytest
from pydicom import Dataset, Sequence

from pipeline.imaging.read import UnreadableImage, read_grey
from tests.pipeline.imaging.test_grey import lookup_table

STORED = np.array([[0, 1], [2, 3]], np.uint16)
THIRDS = [[0, 85], [170, 255]]


@pytest.mark.parametrize(("bits", "top"), [(16, 4095), (12, 4095), (16, 1023), (14, 255), (8, 15)])
def test_a_table_is_scaled_by_what_it_reaches(write_dicom, bits, top):
    table = lookup_table(0, [0, top // 3, 2 * top // 3, top], bits)
    assert read_grey(write_dicom(STORED, VOILUTSequence=table)).tolist() == THIRDS


def test_a_table_of_more_than_it_declares_is_scaled_too(write_dicom):
    table = lookup_table(0, [0, 1365, 2730, 4095], 10)
    assert read_grey(write_dicom(STORED, VOILUTSequence=table)).tolist() == THIRDS


def test_a_table_that_stays_below_its_last_bit_keeps_its_scale(write_dicom):
    table = lookup_table(0, [0, 16384, 32768, 40000], 16)
    grey = read_grey(write_dicom(STORED, VOILUTSequence=table))
    assert grey.tolist() == [[0, 64], [128, 156]]


def broken_tables():
    """Return items of a VOI LUT Sequence of which none can be used."""
    empty, bare, short, wide, flat = (Dataset() for _ in range(5))
    empty.add_new("LUTDescriptor", "US", None)
    empty.add_new("LUTData", "OW", None)
    bare.add_new("LUTDescriptor", "US", [4, 0, 12])
    short.add_new("LUTDescriptor", "US", [4, 0, 12])
    short.add_new("LUTData", "OW", np.arange(3, dtype=np.uint16).tobytes())
    wide.add_new("LUTDescriptor", "US", [4, 0, 0])
    wide.add_new("LUTData", "OW", np.arange(4, dtype=np.uint16).tobytes())
    flat.add_new("LUTDescriptor", "US", [4, 0, 12])
    flat.add_new("LUTData", "OW", np.full(4, 7, np.uint16).tobytes())
    return {"empty": empty, "bare": bare, "short": short, "wide": wide, "flat": flat}


@pytest.mark.parametrize("kind", broken_tables())
def test_a_table_that_cannot_be_used_counts_as_absent(write_dicom, kind):
    broken = Sequence([broken_tables()[kind]])
    alone = write_dicom(STORED, VOILUTSequence=broken)
    assert read_grey(alone).tolist() == THIRDS
    window = {"WindowCenter": 1.5, "WindowWidth": 1}
    assert read_grey(write_dicom(STORED, VOILUTSequence=broken, **window)).tolist() == [
        [0, 0],
        [255, 255],
    ]
    second = Sequence([*broken, *lookup_table(0, [255, 170, 85, 0], 8)])
    assert read_grey(write_dicom(STORED, VOILUTSequence=second)).tolist() == [[255, 170], [85, 0]]


def test_an_empty_modality_table_counts_as_absent(write_dicom):
    empty = Sequence([broken_tables()["empty"]])
    path = write_dicom(STORED, ModalityLUTSequence=empty, RescaleSlope=-1, RescaleIntercept=3)
    assert read_grey(path).tolist() == [[255, 170], [85, 0]]


def test_a_damaged_modality_table_is_refused(write_dicom):
    short = Sequence([broken_tables()["short"]])
    with pytest.raises(UnreadableImage, match="lookup tables are damaged"):
        read_grey(write_dicom(STORED, ModalityLUTSequence=short))


def write_text(write_dicom, **texts):
    """Write decimal strings as they come, which pydicom would not."""
    stand_ins = {
        keyword: str(digit) * len(text) for digit, (keyword, text) in enumerate(texts.items(), 5)
    }
    path = write_dicom(STORED, **stand_ins)
    content = path.read_bytes()
    for keyword, text in texts.items():
        content = content.replace(stand_ins[keyword].encode(), text.encode())
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("center", "width"),
    [
        ("1,50", "1,00"),
        ("1.50", "1.00"),
        ("\\1.5", "\\1.0"),
        ("1.5\\9 ", "1.0\\5 "),
        ("x.yz\\1.5 ", "1.00\\1.0 "),
        ("1.5E0 ", "1.0E0 "),
    ],
)
def test_windows_as_files_in_the_wild_write_them(write_dicom, center, width):
    path = write_text(write_dicom, WindowCenter=center, WindowWidth=width)
    assert read_grey(path).tolist() == [[0, 0], [255, 255]]


@pytest.mark.parametrize("function", ["linear_exact", "LINEAR_EXACT "])
def test_the_case_of_a_function_does_not_matter(write_dicom, function):
    path = write_dicom(STORED, WindowCenter=1.5, WindowWidth=3, VOILUTFunction=function)
    assert read_grey(path).tolist() == THIRDS


def test_a_decimal_comma_in_a_rescale(write_dicom):
    path = write_text(write_dicom, RescaleSlope="-1,0", RescaleIntercept="3,00")
    assert read_grey(path).tolist() == [[255, 170], [85, 0]]


def test_a_rescale_that_is_no_number_is_refused(write_dicom):
    with pytest.raises(UnreadableImage, match="rescale"):
        read_grey(write_text(write_dicom, RescaleSlope="one "))
