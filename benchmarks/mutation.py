"""Valid image files and ways to damage them."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from pydicom import data

_LARGEST = 200_000  # bytes of a file to start from: small ones are quick to try
_PIXELS = (b"\xe0\x7f\x10\x00", b"\x7f\xe0\x00\x10")  # little and big endian
#: Elements that decide how pixels are read: (group, element).
_TAGS = [(0x0028, element) for element in (2, 4, 6, 8, 0x10, 0x11, 0x30, 0x34)]
_TAGS += [(0x0028, element) for element in (0x100, 0x101, 0x102, 0x103, 0x120, 0x1050, 0x1051)]
_TAGS += [(0x0028, element) for element in (0x1052, 0x1053, 0x3002, 0x3006, 0x1101, 0x1201)]
_TAGS += [(0x0002, 0x0000), (0x0002, 0x0010), (0x7FE0, 0x0010)]
_WORDS = [0, 1, 2, 3, 7, 8, 12, 15, 16, 17, 31, 32, 64, 255, 256, 8191, 32768, 65535]


def dicom_seeds() -> list[bytes]:
    """Return pydicom's small test files, which cover its transfer syntaxes."""
    folder = Path(data.__file__).parent / "test_files"
    files = [path for path in sorted(folder.glob("*")) if path.is_file()]
    contents = [path.read_bytes() for path in files if path.stat().st_size <= _LARGEST]
    return [content for content in contents if any(tag in content for tag in _PIXELS)]


def raster_seeds(rng: np.random.Generator) -> list[bytes]:
    """Return PNG, JPEG and TIFF files of the kinds that occur."""
    grey = np.add.outer(np.arange(96), np.arange(80)).astype(np.uint8)
    grey += rng.integers(0, 40, grey.shape, np.uint8)
    images = [Pillow.fromarray(grey), Pillow.fromarray(np.stack([grey, grey // 2, grey], -1))]
    seeds = [_save(image, "JPEG", progressive=kind) for image in images for kind in (False, True)]
    images += [Pillow.fromarray(grey.astype(np.uint16) * 200), images[1].quantize(32)]
    seeds += [_save(image, "PNG") for image in (*images, images[0].convert("1"))]
    packings = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits")
    return seeds + [_save(image, "TIFF", compression=name) for image in images for name in packings]


def mutate(seed: bytes, rng: np.random.Generator) -> bytes:
    """Return a file with one to four damages."""
    content = bytearray(seed)
    for _ in range(rng.integers(1, 5)):
        if len(content) > 8:
            content = _DAMAGES[rng.integers(len(_DAMAGES))](content, rng)
    return bytes(content)


def _save(image: Pillow.Image, kind: str, **options: bool | str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _flip_bits(content: bytearray, rng: np.random.Generator) -> bytearray:
    for at in rng.integers(0, len(content), rng.integers(1, 20)):
        content[at] ^= 1 << int(rng.integers(8))
    return content


def _flip_early_bits(content: bytearray, rng: np.random.Generator) -> bytearray:
    for at in rng.integers(0, min(len(content), 1500), rng.integers(1, 6)):
        content[at] ^= 1 << int(rng.integers(8))
    return content


def _truncate(content: bytearray, rng: np.random.Generator) -> bytearray:
    return content[: rng.integers(1, len(content))]


def _overwrite(content: bytearray, rng: np.random.Generator) -> bytearray:
    at, length = int(rng.integers(len(content))), int(rng.integers(1, 200))
    content[at : at + length] = rng.bytes(min(length, len(content) - at))
    return content


def _remove(content: bytearray, rng: np.random.Generator) -> bytearray:
    at = int(rng.integers(len(content)))
    del content[at : at + int(rng.integers(1, 64))]
    return content


def _insert(content: bytearray, rng: np.random.Generator) -> bytearray:
    at = int(rng.integers(len(content)))
    content[at:at] = rng.bytes(int(rng.integers(1, 64)))
    return content


def _edit_header(content: bytearray, rng: np.random.Generator) -> bytearray:
    """Give an element that describes the pixels a value or a length of another order."""
    group, element = _TAGS[rng.integers(len(_TAGS))]
    order = "<" if rng.random() < 0.8 else ">"
    at = content.find(struct.pack(f"{order}2H", group, element))
    if at < 0 or at + 12 > len(content):
        return _flip_early_bits(content, rng)
    word = struct.pack(f"{order}H", _WORDS[rng.integers(len(_WORDS))])
    place = at + int(rng.choice([4, 6, 8, 8, 8, 8, 10]))
    content[place : place + 2] = word
    return content


_DAMAGES: list[Callable[[bytearray, np.random.Generator], bytearray]] = [
    _flip_bits,
    _flip_early_bits,
    _truncate,
    _overwrite,
    _remove,
    _insert,
    _edit_header,
    _edit_header,
    _edit_header,
]
