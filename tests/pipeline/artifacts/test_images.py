import hashlib
import subprocess
import sys

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


@pytest.fixture
def small_disk(tmp_path):
    """Return a file system of 256 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small file system can be mounted by root on Linux only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("n", [60, 61, 62, 63, 64, 65, 200])
def test_a_full_disk_is_found_before_an_image_is_written(small_disk, n):
    path = small_disk / "images.h5"
    program = (
        "import sys, numpy as np\n"
        "from pipeline.artifacts.images import write_images\n"
        "n = int(sys.argv[2])\n"
        "images = (np.full((64, 64), row % 256, np.uint8) for row in range(n))\n"
        "write_images(sys.argv[1], [str(row) for row in range(n)], images, 64, False)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path), str(n)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1  # and not a signal: no segmentation fault
    assert done.stderr.splitlines()[-1].startswith("OSError: [Errno 28] No space left on device: ")
    assert str(path) in done.stderr.splitlines()[-1]
    assert not list(small_disk.iterdir())
