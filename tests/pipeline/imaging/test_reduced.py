"""Images decoded at a fraction of their size: which, and how near they come to the whole."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow
from pydicom import Dataset, dcmread
from pydicom.encaps import encapsulate

from pipeline.imaging.image import ANY_SIDE
from pipeline.imaging.jpeg import find_reduction
from pipeline.imaging.prepare import prepare, prepare_file
from pipeline.imaging.read import UnreadableImage, read_grey, read_image


@pytest.fixture
def smooth():
    """Return uint8 pixels of shape (301, 203), odd on both sides, as smooth as a radiograph."""
    coarse = np.random.default_rng(1).integers(30, 220, (20, 14), np.uint8)
    return np.asarray(Pillow.fromarray(coarse).resize((203, 301), Pillow.Resampling.BICUBIC))


def factor(path, side=64):
    return read_image(path, side=side).factor


@pytest.mark.parametrize(
    ("rows", "columns", "side", "expected"),
    [
        (1024, 1024, 320, 2),
        (960, 100, 320, 2),
        (959, 959, 320, 1),
        (4000, 3000, 320, 2),
        (4000, 1, 320, 1),
        (1024, 1024, None, 1),
        (1024, 1024, ANY_SIDE, 8),
        (7, 900, ANY_SIDE, 4),
        (1, 9, ANY_SIDE, 1),
    ],
)
def test_how_much_is_decoded(rows, columns, side, expected):
    assert find_reduction(rows, columns, side) == expected


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"PhotometricInterpretation": "MONOCHROME1"},
        {"PresentationLUTShape": "INVERSE"},
        {"RescaleSlope": 1, "RescaleIntercept": 0},
        {"RescaleSlope": 2, "RescaleIntercept": -1000},
        {"WindowCenter": 128, "WindowWidth": 256},
        {"PixelSpacing": [0.2, 0.2]},
    ],
)
def test_halves_of_plain_images_are_prepared_as_the_whole_is(write_dicom, smooth, tags):
    path = write_dicom(smooth, jpeg=True, **tags)
    assert factor(path) == 2
    whole, half = prepare(read_grey(path), 64), prepare_file(path, 64)
    apart = np.abs(whole.astype(int) - half)
    assert apart.mean() < 0.3
    assert apart.max() <= 3
    assert read_image(path, side=64).shape == smooth.shape


@pytest.mark.parametrize(
    "tags",
    [
        {"WindowCenter": 100, "WindowWidth": 100},
        {"WindowCenter": 128, "WindowWidth": 256, "VOILUTFunction": "SIGMOID"},
        {"PixelPaddingValue": 0},
        {"PixelRepresentation": 1},
        {"BitsStored": 7, "HighBit": 6},
        {"PixelSpacing": [0.2, 0.4]},
        {"WindowCenter": 20, "WindowWidth": 256, "RescaleSlope": 2, "RescaleIntercept": 7},
    ],
)
def test_images_whose_greys_bend_are_decoded_whole(write_dicom, smooth, tags):
    path = write_dicom(smooth, jpeg=True, **tags)
    assert factor(path) == 1
    assert np.array_equal(prepare_file(path, 64), prepare(read_grey(path), 64))


def test_tables_are_decoded_whole(write_dicom, smooth):
    item = Dataset()
    item.LUTDescriptor, item.LUTData = [256, 0, 8], bytes(range(256))
    item["LUTDescriptor"].VR, item["LUTData"].VR = "US", "OW"
    path = write_dicom(smooth, jpeg=True, VOILUTSequence=[item])
    assert factor(path) == 1


def test_plain_jpeg_files_too_unless_they_lie(tmp_path, smooth):
    path = tmp_path / "x.jpg"
    for pixels in (smooth, np.stack([smooth, 255 - smooth, smooth], -1)):
        Pillow.fromarray(pixels).save(path, quality=95)
        assert factor(path) == 2
        whole, half = prepare(read_grey(path), 64), prepare_file(path, 64)
        assert np.abs(whole.astype(int) - half).max() <= 4
    exif = Pillow.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    Pillow.fromarray(smooth).save(path, quality=95, exif=exif)
    assert factor(path) == 1
    Pillow.fromarray(smooth).save(path, "PNG")
    assert factor(path) == 1


@pytest.mark.parametrize("share", [0.3, 0.9])
@pytest.mark.parametrize("side", [ANY_SIDE, 64])
def test_what_is_cut_short_is_refused_at_any_size(write_dicom, smooth, share, side):
    path = write_dicom(smooth, jpeg=True)
    dataset = dcmread(path)
    stream = io.BytesIO()
    Pillow.fromarray(smooth).save(stream, "JPEG", quality=95)
    whole = stream.getvalue()
    scan = whole.index(b"\xff\xda") + 14
    short = whole[: scan + int((len(whole) - scan) * share)] + b"\xff\xd9"
    dataset.PixelData = encapsulate([short])
    dataset.save_as(path)
    with pytest.raises(UnreadableImage, match="truncated"):
        read_image(path, side=side)


def test_a_flat_image_is_refused_at_any_size(write_dicom):
    flat = np.full((300, 300), 90, np.uint8)
    spot = flat.copy()
    spot[100, 200] = 160  # too small to be seen at an eighth of the size
    for side in (ANY_SIDE, 64, None):
        with pytest.raises(UnreadableImage, match="same grey"):
            read_image(write_dicom(flat, jpeg=True), side=side)
        read_image(write_dicom(spot, jpeg=True, name="spot.dcm"), side=side)
