"""Whole files that cannot be read, or lack a part of the header: nothing calls them damaged."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import PngImagePlugin
from pydicom import Dataset, Sequence, dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import get_frame
from pydicom.uid import UID, JPEG2000Lossless, JPEGBaseline8Bit, JPEGLSLossless

from pipeline.imaging.caution import LACKING
from pipeline.imaging.read import UnreadableImage, read_grey, read_image

TWELVE = np.array([[0, 819], [1638, 4095]], np.uint16)
FIFTHS = [[0, 51], [102, 255]]
IMAGE = (
    *("SamplesPerPixel", "PhotometricInterpretation", "Rows", "Columns", "BitsAllocated"),
    *("BitsStored", "HighBit", "PixelRepresentation", "PixelData"),
)


def without(path, *keywords):
    dataset = dcmread(path)
    for keyword in keywords:
        del dataset[keyword]
    dataset.save_as(path)
    return path


@pytest.mark.parametrize("keyword", ["PixelRepresentation", "BitsStored", "SamplesPerPixel"])
def test_what_a_header_lacks_is_the_usual_where_it_can_be(write_dicom, keyword):
    path = without(write_dicom(TWELVE, BitsStored=12, HighBit=11), keyword)
    image = read_image(path)
    assert image.grey.tolist() == FIFTHS
    assert image.cautions == (LACKING,)


def test_bits_stored_are_those_up_to_high_bit(write_dicom):
    path = write_dicom(TWELVE, BitsStored=12, HighBit=11, WindowCenter=2047.5, WindowWidth=4095)
    with_both = read_grey(path)
    assert np.array_equal(read_grey(without(path, "BitsStored")), with_both)
    few = write_dicom(np.array([[0, 3], [6, 15]], np.uint8), HighBit=3)
    assert read_grey(without(few, "BitsStored")).tolist() == FIFTHS


@pytest.mark.parametrize("jpeg", [False, True])
def test_a_missing_planar_configuration(write_dicom, textured, jpeg):
    path = write_dicom(np.stack([textured] * 3, -1), jpeg=jpeg)
    before = read_grey(path)
    assert np.array_equal(read_grey(without(path, "PlanarConfiguration")), before)


@pytest.mark.parametrize(
    "keyword", ["Rows", "Columns", "BitsAllocated", "PhotometricInterpretation"]
)
def test_what_cannot_be_guessed_is_named(write_dicom, textured, keyword):
    with pytest.raises(UnreadableImage, match=f"^its header lacks {keyword}$"):
        read_grey(without(write_dicom(textured), keyword))


def test_a_damaged_planar_configuration_is_a_reason(write_dicom, textured):
    path = write_dicom(np.stack([textured] * 3, -1))
    content = path.read_bytes()
    assert content.count(b"\x28\0\x06\0US") == 1
    path.write_bytes(content.replace(b"\x28\0\x06\0US", b"\x28\0\x06\0QQ"))
    with pytest.raises(UnreadableImage, match="does not describe its pixels"):
        read_grey(path)


def test_a_document_with_an_icon_holds_no_pixel_data(write_dicom, textured):
    path = write_dicom(textured)
    dataset, icon = dcmread(path), Dataset()
    for keyword in IMAGE:
        icon[keyword] = dataset[keyword]
        del dataset[keyword]
    dataset.IconImageSequence = Sequence([icon])
    dataset.save_as(path)
    with pytest.raises(UnreadableImage, match="no pixel data"):
        read_grey(path)


@pytest.mark.parametrize(
    "syntax", ["1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55", "1.2.840.10008.1.2.4.100"]
)
def test_retired_codings_and_video_are_named(write_dicom, textured, syntax):
    path = write_dicom(textured, jpeg=True)
    dataset = dcmread(path)
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    dataset.save_as(path)
    with pytest.raises(UnreadableImage, match=r"its transfer syntax, .*, is not supported"):
        read_grey(path)


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, JPEG2000Lossless, JPEGLSLossless])
def test_plain_pixels_under_the_name_of_a_coding(write_dicom, textured, syntax):
    path = write_dicom(textured)
    content = path.read_bytes()
    old, new = b"UI\x14\x001.2.840.10008.1.2.1\0", syntax.encode() + b"\0" * (len(syntax) % 2)
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, b"UI" + bytes([len(new), 0]) + new))
    with pytest.raises(UnreadableImage, match="not coded as its transfer syntax says"):
        read_grey(path)


def test_twelve_bit_jpeg_under_the_name_of_baseline(tmp_path):
    dataset = dcmread(get_testdata_file("JPGExtended.dcm"))
    expected = read_grey(Path(get_testdata_file("JPGExtended.dcm")))
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset.save_as(tmp_path / "x.dcm")
    assert np.array_equal(read_grey(tmp_path / "x.dcm"), expected)


@pytest.mark.parametrize("name", ["JPGExtended.dcm", "MR_small_jpeg_ls_lossless.dcm"])
def test_rare_jpeg_files_are_not_called_damaged(tmp_path, name):
    stream = get_frame(dcmread(get_testdata_file(name)).PixelData, 0, number_of_frames=1)
    (tmp_path / "x.jpg").write_bytes(stream)
    with pytest.raises(UnreadableImage, match="its kind of JPEG is not supported"):
        read_grey(tmp_path / "x.jpg")


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("after", [False, True])
def test_a_png_file_with_long_texts(tmp_path, textured, zipped, after):
    info = PngImagePlugin.PngInfo()
    info.add_text("notes", "x" * 2**21, zip=zipped)
    info.add_itxt("more", "y" * 2**21, zip=zipped)
    path = tmp_path / "x.png"
    Pillow.fromarray(textured).save(path, pnginfo=info, icc_profile=bytes(2**21))
    if after:  # texts may stand behind the pixels too
        plain = io.BytesIO()
        Pillow.fromarray(textured).save(plain, "PNG")
        body = path.read_bytes()
        texts = body[33 : body.index(b"IDAT") - 4]
        end = plain.getvalue().rindex(b"IEND") - 4
        path.write_bytes(plain.getvalue()[:end] + texts + plain.getvalue()[end:])
    assert np.array_equal(read_grey(path), textured)
    assert read_image(path).encoded == path.read_bytes()
