"""Small files that would take much time or memory are refused soon and in little memory."""

import io
import os
import struct
import time
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image as Pillow
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import DeflatedExplicitVRLittleEndian

from pipeline.imaging import parse
from pipeline.imaging.image import MAX_FILE
from pipeline.imaging.read import UnreadableImage, read_grey

SOON = 5.0  # seconds of a core
ELEMENTS = "more than 100,000 elements and items"


@pytest.fixture(autouse=True)
def soon():
    """Fail a test that takes long."""
    started = time.process_time()
    yield
    assert time.process_time() - started < SOON


def deflated(path, body, *, padding=0):
    """Replace a file's data set by deflated bytes, after meta information of some length."""
    dataset = dcmread(path)
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    if padding:
        dataset.file_meta.add_new(0x00020100, "UI", "1.2.3")
        dataset.file_meta.add_new(0x00020102, "OB", bytes(padding))
    dataset.save_as(path)
    content = path.read_bytes()
    mark = b"\x02\0\x02\x01OB\0\0" if padding else b"UI\x16\x001.2.840.10008.1.2.1.99"
    end = content.index(mark) + len(mark) + (4 + padding if padding else 0)
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    pieces = [squeezer.compress(piece) for piece in body]
    path.write_bytes(b"".join([content[:end], *pieces, squeezer.flush()]))
    return path


@pytest.mark.parametrize("padding", [0, 8192])
def test_what_inflates_without_end_is_refused_in_little_memory(
    write_dicom, textured, monkeypatch, padding
):
    monkeypatch.setattr(parse, "MAX_BYTES", 2**24)
    zeros = bytes(2**20)
    path = deflated(write_dicom(textured), (zeros for _ in range(100)), padding=padding)
    tracemalloc.start()
    with pytest.raises(UnreadableImage, match="inflates to more than"):
        read_grey(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**25


def test_a_deflated_file_is_read(write_dicom, textured):
    path = write_dicom(textured)
    dataset = dcmread(path)
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(path)
    assert np.array_equal(read_grey(path), textured)


def test_a_file_that_only_speaks_of_deflation_is_read(write_dicom, textured):
    path = write_dicom(textured, DerivationDescription=f"was {DeflatedExplicitVRLittleEndian}")
    assert np.array_equal(read_grey(path), textured)


def swarm(count):
    """Return many empty private elements, in their order."""
    tags = np.arange(count) % 0xF000 + 0x1000
    groups = 0x0009 + 2 * (np.arange(count) // 0xF000)
    cells = np.zeros((count, 4), "<u2")
    cells[:, 0], cells[:, 1] = groups, tags
    cells[:, 2] = int.from_bytes(b"LO", "little")
    return cells.tobytes()


def put_before(content, mark, added):
    at = content.index(mark)
    return content[:at] + added + content[at:]


def test_a_deflated_swarm_of_elements_is_refused(write_dicom, textured):
    path = deflated(write_dicom(textured), [swarm(300_000)])
    with pytest.raises(UnreadableImage, match=ELEMENTS):
        read_grey(path)


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("behind", [False, True])
def test_a_swarm_of_elements_is_refused(write_dicom, textured, big, behind):
    path = write_dicom(textured, big=big)
    added = swarm(300_000)
    if big:
        added = np.frombuffer(added, "<u2").reshape(-1, 4).copy()
        added[:, [0, 1]] = added[:, [0, 1]].byteswap()
        added = added.tobytes()
    content = path.read_bytes()
    mark = b"\0\x28\0\2" if big else b"\x28\0\2\0"
    path.write_bytes(content + added if behind else put_before(content, mark, added))
    with pytest.raises(UnreadableImage, match=ELEMENTS):
        read_grey(path)


@pytest.mark.parametrize("value", [0, 8, 0x4F42, 0x7FE0])
def test_large_pixels_of_one_value_are_no_swarm(write_dicom, value):
    pixels = np.full((1500, 1500), value, np.uint16)
    pixels[0, 0] += 1
    assert np.ptp(read_grey(write_dicom(pixels))) == 255


def test_a_stream_of_many_scans_is_refused(tmp_path, write_dicom, textured):
    stream = io.BytesIO()
    Pillow.fromarray(np.tile(textured, (20, 20))).save(stream, "JPEG", progressive=True)
    whole = stream.getvalue()
    last = whole[whole.rindex(b"\xff\xda") : -2]
    path = tmp_path / "x.jpg"
    path.write_bytes(whole)
    read_grey(path)
    path.write_bytes(whole[:-2] + last * 3000 + whole[-2:])
    with pytest.raises(UnreadableImage, match="more scans"):
        read_grey(path)


def test_a_sequential_stream_of_many_scans_is_refused(tmp_path, textured):
    stream = io.BytesIO()
    colours = np.tile(textured, (20, 20))[..., None].repeat(3, -1)
    Pillow.fromarray(colours).save(stream, "JPEG", subsampling=0)
    whole = stream.getvalue()
    at = whole.index(b"\xff\xda")
    scan = b"\xff\xda\0\x08\1\1\0\0\x3f\0" + bytes(4)
    (tmp_path / "x.jpg").write_bytes(whole[:at] + scan * 20_000 + whole[at:])
    with pytest.raises(UnreadableImage, match="more scans"):
        read_grey(tmp_path / "x.jpg")


def crumbs(image, kind):
    """Return a file with 200,000 pieces that hold nothing."""
    stream = io.BytesIO()
    image.save(stream, kind)
    whole = stream.getvalue()
    if kind == "JPEG":
        return whole[:2] + b"\xff\xeb\0\x02" * 200_000 + whole[2:]
    chunk = bytes(4) + b"prVt" + zlib.crc32(b"prVt").to_bytes(4, "big")
    return whole[:33] + chunk * 200_000 + whole[33:]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_files_of_many_pieces_are_refused(tmp_path, write_dicom, textured, kind):
    content = crumbs(Pillow.fromarray(textured), kind)
    (tmp_path / "x").write_bytes(content)
    paths = [tmp_path / "x"]
    if kind == "JPEG":
        paths.append(write_dicom(textured, jpeg=True))
        dataset = dcmread(paths[1])
        dataset.PixelData = encapsulate([content])
        dataset.save_as(paths[1])
    for path in paths:
        with pytest.raises(UnreadableImage, match="more pieces"):
            read_grey(path)


def test_a_chain_of_tiff_directories_is_not_walked(tmp_path):
    count = 100_000
    entries = {256: 2, 257: 2, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 2, 279: 4}
    size = 2 + 12 * len(entries) + 4
    body = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries.items())
    head = b"II*\0" + struct.pack("<I", 12) + bytes([0, 80, 160, 240])
    chain = b"".join(
        struct.pack("<H", len(entries)) + body + struct.pack("<I", 12 + size * (number + 1))
        for number in range(count)
    )
    (tmp_path / "x.tif").write_bytes(head + chain)
    with pytest.raises(UnreadableImage, match="several frames"):
        read_grey(tmp_path / "x.tif")


@pytest.mark.parametrize(
    ("chain", "reason"),
    [(1, "several frames"), (200_000, "several frames"), (0, "truncated or damaged")],
)
def test_directories_that_hold_no_image_are_frames_too(tmp_path, textured, chain, reason):
    Pillow.fromarray(textured).save(tmp_path / "x.tif")
    content = bytearray((tmp_path / "x.tif").read_bytes())
    at = struct.unpack_from("<I", content, 4)[0]
    after = at + 2 + 12 * struct.unpack_from("<H", content, at)[0]
    struct.pack_into("<I", content, after, len(content))
    entry = struct.pack("<HHHII", 1, 256, 3, 1, 512)
    places = [len(content) + 18 * number for number in range(1, chain)] + [0]
    links = b"".join(entry + struct.pack("<I", place) for place in places) if chain else b""
    (tmp_path / "x.tif").write_bytes(bytes(content) + links)
    with pytest.raises(UnreadableImage, match=reason):
        read_grey(tmp_path / "x.tif")


@pytest.mark.parametrize(("kind", "dtype"), [("TIFF", np.int32), ("PNG", np.uint16)])
def test_greys_of_large_images_take_little_memory(tmp_path, kind, dtype):
    pixels = np.zeros((2048, 2048), dtype)
    pixels[-1] = np.arange(2048)
    Pillow.fromarray(pixels).save(tmp_path / "x", kind)
    tracemalloc.start()
    grey = read_grey(tmp_path / "x")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert np.array_equal(grey[-1], np.rint(np.arange(2048) * (255 / 2047)))
    assert peak < 16 * pixels.size


def directory(order, entries, big=False):
    """Return the head of a TIFF file with one directory of entries."""
    mark = b"II" if order == "<" else b"MM"
    start, count, entry = ("HHHQ", "Q", "HHQQ") if big else ("HI", "H", "HHII")
    numbers = (43, 8, 0, 16) if big else (42, 8)
    body = b"".join(struct.pack(order + entry, *each) for each in entries)
    head = mark + struct.pack(order + start, *numbers) + struct.pack(order + count, len(entries))
    return head + body + bytes(8)


@pytest.mark.parametrize(("order", "big"), [("<", False), (">", False), ("<", True)])
@pytest.mark.parametrize(
    ("tag", "kind"), [(273, 4), (273, 1), (279, 3), (282, 5), (274, 3), (339, 3), (50_000, 12)]
)
def test_a_tiff_file_of_millions_of_values_is_refused(tmp_path, order, big, tag, kind):
    count = 3_000_000
    named = {256: (4, 1, 1), 257: (4, 1, count), 258: (3, 1, 8), 259: (3, 1, 1), 262: (3, 1, 1)}
    named |= {273: (4, 1, 4096), 277: (3, 1, 1), 278: (4, 1, 1), 279: (4, 1, 1)}
    named[tag] = (kind, count, 4096)
    head = directory(order, [(tag, *named[tag]) for tag in sorted(named)], big)
    (tmp_path / "x.tif").write_bytes(head.ljust(4096, b"\1") + b"\1" * 8 * count)
    with pytest.raises(UnreadableImage, match="more pieces"):
        read_grey(tmp_path / "x.tif")


def test_long_exif_data_are_refused(tmp_path, textured):
    count = 3_000_000
    exif = directory("<", [(0x0112, 3, count, 26)]) + b"\1\0" * count
    Pillow.fromarray(textured).save(tmp_path / "x.png", exif=exif)
    with pytest.raises(UnreadableImage, match="more pieces"):
        read_grey(tmp_path / "x.png")


@pytest.mark.parametrize(
    ("head", "reason"),
    [(b"\x89PNG\r\n\x1a\n", "larger than"), (b"\0\0\0 ftypisom", "not a DICOM"), (b"", "not a")],
)
def test_a_huge_file_is_not_read(tmp_path, head, reason):
    path = tmp_path / "video.png"
    path.write_bytes(head)
    os.truncate(path, MAX_FILE + 1)  # takes no room on disk
    with pytest.raises(UnreadableImage, match=reason):
        read_grey(path)
