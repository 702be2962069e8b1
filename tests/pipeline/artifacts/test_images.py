import hashlib

import numpy as np
import pytest

from pipeline.artifacts.images import open_images, write_images
from radbank.errors import RadbankError

IDS = ["a", "b", "ü/c"]


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (3, 32, 32), dtype=np.uint8)


def test_round_trip(tmp_path, pixels):
    write_images(tmp_path / "images.h5", IDS, iter(pixels), 32, synthetic=True)
    with open_images(tmp_path / "images.h5") as images:
        assert images.ids == IDS
        assert images.size == 32
        assert images.synthetic is True
        assert np.array_equal(images.pixels[:], pixels)
        assert images.pixel_sha256[1] == hashlib.sha256(pixels[1].tobytes()).hexdigest()
        assert images.pixels.file.attrs["data"] == "synthetic demo cohort"


def test_equal_images_give_equal_bytes(tmp_path, pixels):
    for name in ("one.h5", "two.h5"):
        write_images(tmp_path / name, IDS, iter(pixels), 32, synthetic=False)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


def failing(pixels):
    yield pixels[0]
    raise OSError("the disk went away")


@pytest.mark.parametrize(
    ("images", "error"),
    [
        (failing, OSError),
        (lambda pixels: iter(pixels[:2]), ValueError),
        (lambda pixels: iter([*pixels, pixels[0]]), ValueError),
        (lambda pixels: iter(pixels[:, :16]), ValueError),
        (lambda pixels: iter(pixels.astype(float)), ValueError),
    ],
)
def test_a_failed_write_leaves_the_old_store(tmp_path, pixels, images, error):
    path = tmp_path / "images.h5"
    write_images(path, IDS, iter(pixels), 32, synthetic=False)
    before = path.read_bytes()
    with pytest.raises(error):
        write_images(path, IDS, images(pixels), 32, synthetic=False)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_store(tmp_path, pixels):
    path = tmp_path / "images.h5"
    with pytest.raises(RadbankError, match="There is no"), open_images(path):
        pass
    write_images(path, IDS, iter(pixels), 32, synthetic=False)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(RadbankError, match="damaged"), open_images(path):
        pass
