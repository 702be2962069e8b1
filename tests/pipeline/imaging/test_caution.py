"""Pictures that are used with a caution."""

import numpy as np
import pytest
from PIL import Image as Pillow
from pydicom import Dataset, Sequence

from pipeline.imaging.caution import BITS, NARROW, TABLE, is_narrow
from pipeline.imaging.examine import examine
from pipeline.imaging.read import read_image


def test_a_good_picture_has_none(write_dicom, textured):
    assert read_image(write_dicom(textured)).cautions == ()
    assert examine(write_dicom(textured)).caution is None


@pytest.mark.parametrize(("span", "narrow"), [(15, True), (31, True), (32, False), (200, False)])
def test_a_picture_of_few_greys_is_narrow(span, narrow):
    ramp = np.repeat(np.arange(100, 101 + span, dtype=np.uint8), 100).reshape(-1, 100)
    assert is_narrow(ramp) is narrow
    outlier = np.vstack([ramp] * 4)
    outlier[0, 0], outlier[-1, -1] = 0, 255
    assert is_narrow(outlier) is narrow


def test_a_narrow_picture_is_told_at_the_end_of_a_look(tmp_path, textured):
    Pillow.fromarray(textured // 16).save(tmp_path / "x.png")
    assert examine(tmp_path / "x.png").caution == NARROW


def test_a_header_that_is_wrong_about_bits(write_dicom):
    smooth = np.tile(np.linspace(0, 4095, 256).round().astype(np.uint16), (4, 1))
    assert read_image(write_dicom(smooth, BitsStored=10, HighBit=9)).cautions == (BITS,)
    assert read_image(write_dicom(smooth, BitsStored=12, HighBit=15)).cautions == (BITS,)
    assert read_image(write_dicom(smooth, BitsStored=12, HighBit=11)).cautions == ()


def test_a_table_that_cannot_be_used(write_dicom, textured):
    path = write_dicom(textured, VOILUTSequence=Sequence([Dataset()]))
    assert read_image(path).cautions == (TABLE,)
