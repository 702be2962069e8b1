import io
import logging
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate, get_frame

from pipeline.imaging.image import ANY_SIDE
from pipeline.imaging.read import UnreadableImage, read_grey, read_image


def rewritten(path, change):
    """Read a DICOM file, let `change` have its data set, write it again."""
    dataset = dcmread(path)
    change(dataset)
    dataset.save_as(path)
    return path


def test_jpeg_baseline_is_pillows(write_dicom, textured):
    path = write_dicom(textured, jpeg=True)
    stream = get_frame(dcmread(path).PixelData, 0, number_of_frames=1)
    assert np.array_equal(read_grey(path), np.asarray(Pillow.open(io.BytesIO(stream))))


def test_rgb_becomes_its_luma(write_dicom):
    colours = np.array([[[255, 255, 255], [0, 0, 0]], [[255, 0, 0], [0, 255, 0]]], np.uint8)
    assert read_grey(write_dicom(colours)).tolist() == [[255, 0], [76, 150]]


def test_planar_rgb(write_dicom):
    colours = np.array([[[255, 255, 255], [0, 0, 0]], [[255, 0, 0], [0, 255, 0]]], np.uint8)
    path = write_dicom(
        colours, PlanarConfiguration=1, PixelData=colours.transpose(2, 0, 1).tobytes()
    )
    assert read_grey(path).tolist() == [[255, 0], [76, 150]]


def test_ybr_becomes_its_luma(write_dicom):
    luma = np.array([[16, 90], [128, 235]], np.uint8)
    colours = np.stack([luma, *[np.full_like(luma, 128)] * 2], axis=-1)
    path = write_dicom(colours, PhotometricInterpretation="YBR_FULL")
    assert np.array_equal(read_grey(path), luma)


def test_palette_colour():
    grey = read_grey(Path(get_testdata_file("examples_palette.dcm")))
    assert grey.std() > 10


@pytest.mark.parametrize("big", [False, True])
def test_segmented_palette_colour(write_dicom, big):
    order = ">u2" if big else "<u2"
    # PS3.3 C.7.9.2: one discrete entry of 0, then a linear rise to full in three steps
    segments = np.array([0, 1, 0, 1, 3, 65535], order).tobytes()
    stored = np.array([[0, 1], [2, 3]], np.uint16)
    tags = {"PhotometricInterpretation": "PALETTE COLOR", "PixelData": stored.astype(order)}
    tags["PixelData"] = tags["PixelData"].tobytes()
    for colour in ("Red", "Green", "Blue"):
        tags[f"{colour}PaletteColorLookupTableDescriptor"] = [4, 0, 16]
        tags[f"Segmented{colour}PaletteColorLookupTableData"] = segments
    path = write_dicom(stored, big=big, **tags)
    assert read_grey(path).tolist() == [[0, 85], [170, 255]]


@pytest.mark.parametrize("side", [None, ANY_SIDE, 32])
def test_a_colour_jpeg_of_few_pixels(side):
    path = Path(get_testdata_file("SC_rgb_small_odd_jpeg.dcm"))
    assert read_image(path, side=side).grey.shape == (3, 3)


@pytest.mark.parametrize("suffix", ["png", "jpeg", "tiff"])
def test_rasters_are_told_by_content(tmp_path, textured, suffix):
    path = tmp_path / "named-anyhow"
    Pillow.fromarray(textured).save(path, suffix)
    assert np.abs(read_grey(path).astype(int) - textured).max() < (30 if suffix == "jpeg" else 1)


def test_sixteen_bit_png_fills_the_range_that_occurs(tmp_path):
    Pillow.fromarray(np.array([[1000, 1051], [1100, 1255]], np.uint16)).save(tmp_path / "x.png")
    assert read_grey(tmp_path / "x.png").tolist() == [[0, 51], [100, 255]]


def test_a_camera_orientation_is_honoured(tmp_path, textured):
    exif = Pillow.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    Pillow.fromarray(textured).save(tmp_path / "x.png", exif=exif)
    assert np.array_equal(read_grey(tmp_path / "x.png"), np.rot90(textured, -1))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("jpeg", [True, False])
def test_a_file_cut_short_is_refused(write_dicom, textured, jpeg, share):
    path = write_dicom(textured, jpeg=jpeg)
    data = path.read_bytes()
    path.write_bytes(data[: 800 + int((len(data) - 800) * share)])
    with pytest.raises(UnreadableImage, match="truncated"):
        read_grey(path)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("end", [b"", b"\xff\xd9"])
def test_jpeg_pixels_cut_short_are_refused_even_with_an_end_marker(
    write_dicom, tmp_path, textured, share, end
):
    def cut(dataset):
        stream = get_frame(dataset.PixelData, 0, number_of_frames=1)
        scan = stream.index(b"\xff\xda") + 14
        short = stream[: scan + int((len(stream) - scan - 4) * share)] + end
        dataset.PixelData = encapsulate([short])
        (tmp_path / "x.jpg").write_bytes(short)

    path = rewritten(write_dicom(textured, jpeg=True), cut)
    for file in (path, tmp_path / "x.jpg"):
        with pytest.raises(UnreadableImage, match="truncated"):
            read_grey(file)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"Rows": 65535, "Columns": 65535}, "more than 67,108,864 pixels"),
        ({"Rows": 0}, "no image size"),
        ({"NumberOfFrames": 3}, "several frames"),
        ({"PhotometricInterpretation": "Jane Doe"}, "photometric interpretation"),
        ({"BitsStored": 40}, "contradicts itself"),
    ],
)
def test_headers_that_no_radiograph_has(write_dicom, textured, tags, reason):
    with pytest.raises(UnreadableImage, match=reason):
        read_grey(write_dicom(textured, **tags))


def test_no_pixel_data(write_dicom, textured):
    def strip(dataset):
        del dataset.PixelData

    with pytest.raises(UnreadableImage, match="no pixel data"):
        read_grey(rewritten(write_dicom(textured), strip))


@pytest.mark.parametrize("other", [b"1.2.840.10008.1.2.9\0", b"1.2.840.10008.1.1\0\0\0"])
def test_an_unknown_transfer_syntax(write_dicom, textured, other):
    path = write_dicom(textured)
    path.write_bytes(path.read_bytes().replace(b"1.2.840.10008.1.2.1\0", other))
    with pytest.raises(UnreadableImage, match="transfer syntax is none of"):
        read_grey(path)


def test_constant_pixels(write_dicom, tmp_path):
    with pytest.raises(UnreadableImage, match="same grey"):
        read_grey(write_dicom(np.full((8, 8), 70, np.uint8)))
    Pillow.new("L", (8, 8)).save(tmp_path / "x.png")
    with pytest.raises(UnreadableImage, match="same grey"):
        read_grey(tmp_path / "x.png")


def test_decompression_bombs_are_refused_before_decoding(tmp_path):
    for side, reason in [(9000, "more than"), (20000, "impossible size")]:
        Pillow.new("1", (side, side)).save(tmp_path / "x.png")
        with pytest.raises(UnreadableImage, match=reason):
            read_grey(tmp_path / "x.png")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"hello", "not a DICOM, PNG, JPEG or TIFF"),
        (bytes(128) + b"DICM" + b"\xff" * 50, "damaged|no pixel data"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 50, "header is damaged|truncated or damaged"),
        (b"\xff\xd8\xff" + b"\x01" * 50, "header is damaged"),
    ],
)
def test_what_is_no_image(tmp_path, content, reason):
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(UnreadableImage, match=reason) as caught:
        read_grey(path)
    assert str(tmp_path) not in str(caught.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(UnreadableImage, match="cannot be opened"):
        read_grey(tmp_path / "x")


def test_the_hash_is_of_the_pixels_and_not_of_the_header(write_dicom, textured):
    first = read_image(write_dicom(textured, PatientAge="052Y"))
    second = read_image(write_dicom(textured, PatientAge="053Y"))
    assert first.encoded_sha256 == second.encoded_sha256


def test_invalid_values_warn_nobody(write_dicom, textured, caplog):
    path = write_dicom(textured, PatientAge="62")
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        assert read_image(path).header.age == 62
    assert caplog.records == []
    with pytest.warns(UserWarning, match="still heard"):
        warnings.warn("still heard", UserWarning, stacklevel=1)
