"""TIFF files of every kind of sample: read as what they are, or refused for the right reason."""

import itertools
import struct

import numpy as np
import pytest
from PIL import Image as Pillow

from pipeline.imaging.read import UnreadableImage, read_grey, read_image

WHITE_IS_ZERO, BLACK_IS_ZERO, LAB = 0, 1, 8
FORMATS = {"u": 1, "i": 2, "f": 3}
GREYS = np.array([[0, 51], [102, 255]])
#: By dtype and photometric interpretation: what Pillow can read at all.
READ = {*itertools.product(("u1", "u2", "u4", "i1", "i2", "i4", "f4"), (BLACK_IS_ZERO,))}
READ |= {("u1", WHITE_IS_ZERO), ("u2", WHITE_IS_ZERO), ("f4", WHITE_IS_ZERO)}


def write_tiff(path, pixels, photometric, *, big=False, tags=()):
    """Write one uncompressed strip; `big` as BigTIFF."""
    order = "<" if pixels.dtype.byteorder in "<|=" else ">"
    entries = {
        256: pixels.shape[1],
        257: pixels.shape[0],
        258: 8 * pixels.dtype.itemsize,
        259: 1,
        262: photometric,
        277: 1 if pixels.ndim == 2 else pixels.shape[2],
        278: pixels.shape[0],
        279: pixels.nbytes,
        339: FORMATS[pixels.dtype.kind],
        **dict(tags),
    }
    entries[273] = 16 if big else 8
    directory = struct.pack(order + ("Q" if big else "H"), len(entries))
    for tag, value in sorted(entries.items()):
        kind = 4  # LONG
        layout, empty = ("HHQI", 4) if big else ("HHII", 0)
        directory += struct.pack(order + layout, tag, kind, 1, value) + bytes(empty)
    directory += bytes(8 if big else 4)
    mark = b"II" if order == "<" else b"MM"
    at = entries[273] + pixels.nbytes
    head = struct.pack(order + ("HHHQ" if big else "HI"), *((43, 8, 0, at) if big else (42, at)))
    path.write_bytes(mark + head + pixels.tobytes() + directory)
    return path


def fifths(dtype):
    """Return pixels that are none, a fifth, two fifths and all of what a type can hold."""
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return np.array([[0, 0.2], [0.4, 1]], kind)
    low, high = int(np.iinfo(kind).min), int(np.iinfo(kind).max)
    fifth = (high - low) // 5
    return np.array([[low, low + fifth], [low + 2 * fifth, high]], kind)


@pytest.mark.parametrize("photometric", [WHITE_IS_ZERO, BLACK_IS_ZERO])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"])
def test_every_kind_of_sample_is_read_right_or_refused(tmp_path, kind, order, photometric):
    path = write_tiff(tmp_path / "x.tif", fifths(order + kind), photometric)
    expected = GREYS if photometric == BLACK_IS_ZERO else 255 - GREYS
    try:
        grey = read_grey(path)
    except UnreadableImage as reason:
        assert "kind of TIFF is not supported" in str(reason)  # noqa: PT017 - one of two ways
        assert order == ">" or (kind, photometric) not in READ
    else:
        assert np.array_equal(grey, expected)


def test_pixels_that_are_no_numbers_are_black(tmp_path):
    pixels = np.array([[np.nan, 0.2], [0.4, 1], [np.inf, 0]], np.float32)
    for photometric, expected in (
        (BLACK_IS_ZERO, [[0, 51], [102, 255], [0, 0]]),
        (WHITE_IS_ZERO, [[0, 204], [153, 0], [0, 255]]),
    ):
        path = write_tiff(tmp_path / "x.tif", pixels, photometric)
        assert read_grey(path).tolist() == expected
    path = write_tiff(tmp_path / "x.tif", np.full((2, 2), np.nan, np.float32), BLACK_IS_ZERO)
    with pytest.raises(UnreadableImage, match="no numbers"):
        read_grey(path)


@pytest.mark.parametrize("order", "<>")
def test_bigtiff(tmp_path, order):
    path = write_tiff(tmp_path / "x.tif", fifths(order + "u2"), BLACK_IS_ZERO, big=True)
    if order == "<":
        assert np.array_equal(read_grey(path), GREYS)
    else:
        with pytest.raises(UnreadableImage, match="kind of TIFF is not supported"):
            read_grey(path)


def test_a_colour_space_without_a_way_to_grey_is_not_called_damaged(tmp_path):
    path = write_tiff(tmp_path / "x.tif", np.zeros((4, 4, 3), np.uint8), LAB, tags={339: 1})
    with pytest.raises(UnreadableImage, match=r"colour space is not|kind of TIFF is not"):
        read_grey(path)


def test_a_broken_directory_is_damage(tmp_path):
    path = write_tiff(tmp_path / "x.tif", fifths("<u2"), BLACK_IS_ZERO)
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(UnreadableImage, match="header is damaged"):
        read_grey(path)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_orientation_is_honoured_once(tmp_path, textured, orientation):
    path = write_tiff(tmp_path / "x.tif", textured, BLACK_IS_ZERO, tags={274: orientation})
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    Pillow.fromarray(textured).save(tmp_path / "x.png", exif=exif)
    image, twin = read_image(path), read_image(tmp_path / "x.png")
    assert np.array_equal(image.grey, twin.grey)
    assert image.shape == twin.shape == image.grey.shape


def test_several_pages_are_refused_however_many(tmp_path, textured):
    page = Pillow.fromarray(textured)
    page.save(tmp_path / "x.tif", save_all=True, append_images=[page] * 2)
    with pytest.raises(UnreadableImage, match="several frames"):
        read_grey(tmp_path / "x.tif")
