import errno
import hashlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
        assert images.pixels.dataset.file.attrs["data"] == "synthetic demo cohort"


def test_equal_images_give_equal_bytes(tmp_path, pixels):
    for name in ("one.h5", "two.h5"):
        write_images(tmp_path / name, IDS, iter(pixels), 32, synthetic=False)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


def test_damaged_pixels_are_found(tmp_path, pixels):
    path = tmp_path / "images.h5"
    write_images(path, IDS, iter(pixels), 32, synthetic=True)
    with open_images(path) as images:
        images.check()
    content = path.read_bytes()
    at = content.index(pixels[1].tobytes())
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    with (
        open_images(path) as images,
        pytest.raises(RadbankError, match="pixels of image 1 are damaged: make data/images"),
    ):
        images.check()


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


PROGRAM = """\
import sys
import numpy as np
from pipeline.artifacts.images import write_images
path, n = sys.argv[1], int(sys.argv[2])
images = (np.full((64, 64), row % 256, np.uint8) for row in range(n))
write_images(path, [str(row) for row in range(n)], images, 64, False)
"""


def write_elsewhere(path, n):
    """Write n images in a process of its own, since a full disk may end it by a signal."""
    command = [sys.executable, "-c", PROGRAM, str(path), str(n)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("n", [60, 61, 62, 63, 64, 65, 200])
def test_a_full_disk_is_found_before_an_image_is_written(small_disk, n):
    disk = small_disk(256)  # 60 images fit and leave nearly nothing
    done = write_elsewhere(disk / "images.h5", n)
    assert done.returncode == 1  # and not a signal: no segmentation fault
    said = done.stderr.splitlines()[-1]
    assert said == f"OSError: [Errno 28] No space left on device: '{disk / 'images.h5'}'"
    assert not list(disk.iterdir())


def test_room_taken_beforehand_changes_no_byte(small_disk, tmp_path):
    stores = small_disk(256) / "images.h5", tmp_path / "images.h5"
    assert [write_elsewhere(store, 40).returncode for store in stores] == [0, 0]
    assert stores[0].read_bytes() == stores[1].read_bytes()


def test_a_file_system_that_takes_no_room_beforehand(tmp_path, pixels, monkeypatch):
    def refused(*_):
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr("os.posix_fallocate", refused)
    write_images(tmp_path / "images.h5", IDS, iter(pixels), 32, synthetic=False)
    full = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: full)
    with pytest.raises(OSError, match="No space left"):
        write_images(tmp_path / "other.h5", IDS, iter(pixels), 32, synthetic=False)


def test_no_images(tmp_path):
    write_images(tmp_path / "images.h5", [], iter(()), 32, synthetic=False)
    with open_images(tmp_path / "images.h5") as images:
        assert images.pixels.shape == (0, 32, 32)


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_whatever_bit_is_flipped_the_store_reads_or_is_one_sentence(tmp_path_factory, data):
    pixels = np.random.default_rng(0).integers(0, 256, (3, 32, 32), dtype=np.uint8)
    path = tmp_path_factory.mktemp("store") / "images.h5"
    write_images(path, IDS, iter(pixels), 32, synthetic=True)
    content = bytearray(path.read_bytes())
    first = content.index(pixels.tobytes())
    places = st.integers(0, first - 1) | st.integers(first + pixels.nbytes, len(content) - 1)
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(places)] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    try:
        with open_images(path) as images:
            assert images.pixels[:].shape == (3, 32, 32)
            images.check()
    except RadbankError:
        return


def test_an_unreadable_part_is_one_sentence(tmp_path, pixels):
    path = tmp_path / "images.h5"
    write_images(path, IDS, iter(pixels), 32, synthetic=True)
    with open_images(path) as images:
        images.pixels.dataset.file.close()
        with pytest.raises(RadbankError, match=r"images.h5 is damaged .*--force prepare"):
            images.pixels[0]
