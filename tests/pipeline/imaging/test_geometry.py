"""Frames, the shape of pixels, and files without their head."""

import numpy as np
import pytest
from PIL import Image as Pillow
from pydicom import dcmread

from pipeline.imaging.examine import Facts, examine
from pipeline.imaging.parse import is_dicom
from pipeline.imaging.read import UnreadableImage, read_grey, read_image


@pytest.fixture
def two_frames(write_dicom, textured):
    def write(**tags):
        pixels = np.stack([textured, 255 - textured])
        return write_dicom(textured, NumberOfFrames=2, PixelData=pixels.tobytes(), **tags)

    return write


def test_a_frame_can_be_chosen(two_frames, textured):
    path = two_frames()
    assert np.array_equal(read_grey(path, frame=1), textured)
    assert np.array_equal(read_grey(path, frame=2), 255 - textured)
    with pytest.raises(UnreadableImage, match="no frame 3"):
        read_grey(path, frame=3)
    with pytest.raises(UnreadableImage, match=r"data\.frame"):
        read_grey(path)


def test_a_file_of_one_frame_gives_it_whatever_is_chosen(write_dicom, textured):
    assert np.array_equal(read_grey(write_dicom(textured), frame=5), textured)


@pytest.mark.parametrize(
    ("tags", "shape"),
    [
        ({"PixelSpacing": [0.4, 0.2]}, (96, 64)),
        ({"PixelSpacing": [0.1, 0.2]}, (48, 128)),
        ({"ImagerPixelSpacing": [0.3, 0.2]}, (72, 64)),
        ({"PixelAspectRatio": [2, 1]}, (96, 64)),
        ({"PixelSpacing": [0.2, 0.2], "PixelAspectRatio": [2, 1]}, (48, 64)),
        ({"PixelSpacing": [0.2, 0.2001]}, (48, 64)),
        ({"PixelSpacing": [0, 0.2], "ImagerPixelSpacing": [0.4, 0.2]}, (96, 64)),
    ],
)
@pytest.mark.parametrize("jpeg", [False, True])
def test_pixels_that_are_not_square_are_made_so(write_dicom, textured, tags, shape, jpeg):
    path = write_dicom(textured, jpeg=jpeg, **tags)
    assert read_grey(path).shape == read_image(path).shape == shape
    facts = examine(path)
    assert isinstance(facts, Facts)
    assert (facts.height, facts.width) == shape


def test_impossible_proportions_are_refused(write_dicom, textured):
    with pytest.raises(UnreadableImage, match="impossible proportions"):
        read_grey(write_dicom(textured, PixelSpacing=[100, 0.1]))


def test_a_data_set_without_preamble_or_transfer_syntax(write_dicom, textured):
    path = write_dicom(textured)
    for encoding in ({"implicit_vr": True}, {"implicit_vr": False}):
        bare = path.with_name("bare")
        copy = dcmread(path)
        del copy.file_meta
        copy.preamble = None
        copy.save_as(bare, little_endian=True, **encoding)
        assert bare.read_bytes()[128:132] != b"DICM"
        assert is_dicom(bare.read_bytes())
        assert np.array_equal(read_grey(bare), textured)


@pytest.mark.parametrize("jpeg", [False, True])
def test_examining_and_reading_agree(write_dicom, textured, tmp_path, jpeg):
    path = write_dicom(textured, jpeg=jpeg, WindowCenter=100, WindowWidth=50)
    facts, image = examine(path), read_image(path)
    assert isinstance(facts, Facts)
    assert (facts.height, facts.width) == image.grey.shape == image.shape
    assert facts.sha256 == image.encoded_sha256
    exif = Pillow.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    Pillow.fromarray(textured).save(tmp_path / "x.jpg", exif=exif)
    facts = examine(tmp_path / "x.jpg")
    assert (facts.height, facts.width) == read_grey(tmp_path / "x.jpg").shape == (64, 48)


def test_too_little_memory_is_a_reason(write_dicom, textured, monkeypatch):
    def starve(*_arguments, **_options):
        raise MemoryError

    monkeypatch.setattr("pipeline.imaging.read.read_dicom", starve)
    with pytest.raises(UnreadableImage, match="more memory than there is"):
        read_grey(write_dicom(textured))
