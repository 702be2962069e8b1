"""Compressed DICOM files: each transfer syntax, whole and damaged."""

import base64
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import (
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from pipeline.imaging import decoders, worker_pool
from pipeline.imaging.codestream import CodedSize, read_size
from pipeline.imaging.image import ANY_SIDE
from pipeline.imaging.read import UnreadableImage, read_grey, read_image

# an HTJ2K code stream by OpenJPH of 16 x 16 pixels: the sum of 7 x row and 9 x column, modulo 256
HTJ2K = base64.b64decode(
    "/0//UQApQAAAAAAQAAAAEAAAAAAAAAAAAAAAEAAAABAAAAAAAAAAAAABBwEB/1AACAACAAAAAv9SAAwAAgABAAUEBEAB"
    "/1wAEyBIUFBQUFBQUFBQUFBQSEhI/2QAFwABT3BlbkpQSCBWZXIgMC4yNi4zLv+QAAoAAAAAAGUAAf+TwCXtAId0AADA"
    "EsASgKIBB3QA/gCHdADAE0ASgBD0AIJ0AL4AA1QAwBUQBODGGPOqcAJ1AN7dwcnstQDAKyAVYAAAAADnwKenp8J4AEyS"
    "JP2Se/ZJ7LgA/9k="
)
PATTERN = np.add.outer(np.arange(16) * 7, np.arange(16) * 9).astype(np.uint8)
LOSSLESS = {"jpeg2000": JPEG2000Lossless, "jpegls": JPEGLSLossless, "rle": RLELossless}


@pytest.fixture
def twelve_bit(write_dicom, textured) -> Path:
    return write_dicom(textured.astype(np.uint16) * 16, BitsStored=12, HighBit=11)


def with_stream(path: Path, change) -> Path:
    """Replace the first frame of a file by what `change` makes of it."""
    dataset = dcmread(path)
    stream = get_frame(dataset.PixelData, 0, number_of_frames=1)
    dataset.PixelData = encapsulate([change(stream)])
    dataset.save_as(path)
    return path


@pytest.mark.parametrize("syntax", LOSSLESS.values(), ids=LOSSLESS.keys())
def test_lossless_codings_give_what_went_in(twelve_bit, syntax):
    before = read_grey(twelve_bit)
    dataset = dcmread(twelve_bit)
    dataset.compress(syntax, generate_instance_uid=False)
    dataset.save_as(twelve_bit)
    assert np.array_equal(read_grey(twelve_bit), before)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("syntax", LOSSLESS.values(), ids=LOSSLESS.keys())
def test_streams_cut_short_are_refused(twelve_bit, syntax, share):
    dataset = dcmread(twelve_bit)
    dataset.compress(syntax, generate_instance_uid=False)
    dataset.save_as(twelve_bit)
    with_stream(twelve_bit, lambda stream: stream[: int(len(stream) * share)])
    with pytest.raises(UnreadableImage, match="truncated"):
        read_grey(twelve_bit)


@pytest.mark.parametrize("zeros", [1, 2, 3])
def test_zeros_before_the_end_of_a_jpeg_ls_stream_are_no_damage(twelve_bit, zeros):
    before = read_image(twelve_bit)
    dataset = dcmread(twelve_bit)
    dataset.compress(JPEGLSLossless, generate_instance_uid=False)
    dataset.save_as(twelve_bit)

    def pad(stream):
        end = stream.rindex(b"\xff\xd9")
        return stream[:end] + bytes(zeros) + stream[end:]

    with_stream(twelve_bit, pad)
    after = read_image(twelve_bit)
    assert np.array_equal(after.grey, before.grey)
    assert after.encoded == dcmread(twelve_bit).PixelData


def test_htj2k(write_dicom):
    path = write_dicom(PATTERN, jpeg=True)
    dataset = dcmread(path)
    dataset.file_meta.TransferSyntaxUID = HTJ2KLossless
    dataset.PixelData = encapsulate([HTJ2K])
    dataset.save_as(path)
    assert np.array_equal(read_grey(path), PATTERN)
    with_stream(path, lambda stream: stream[:150])
    with pytest.raises(UnreadableImage, match="truncated"):
        read_grey(path)


@pytest.mark.parametrize("name", ["JPGExtended.dcm", "JPEG-lossy.dcm"])
def test_twelve_bit_jpeg(name):
    path = Path(get_testdata_file(name))
    grey = read_grey(path)
    assert grey.shape == (1024, 256)
    assert grey.max() == 255
    assert np.array_equal(grey, read_image(path, side=ANY_SIDE).grey)  # no quick way: all of it


def test_jpeg_lossless():
    # the same picture, uncompressed by another tool and then run-length encoded
    lossless = read_grey(Path(get_testdata_file("SC_rgb_jpeg_gdcm.dcm")))
    assert np.array_equal(lossless, read_grey(Path(get_testdata_file("SC_rgb_rle.dcm"))))


READY = "import os, sys\nsys.stdout.buffer.write(bytes(8))\nsys.stdout.flush()\n"


@pytest.mark.parametrize(
    "program", ["import os\nos.abort()", READY + "os.abort()", READY + "while True: pass"]
)
def test_a_crash_or_a_hang_of_a_decoder_is_a_reason(tmp_path, monkeypatch, program):
    (tmp_path / "worker.py").write_text(program)
    monkeypatch.setattr(worker_pool, "_PROGRAM", tmp_path / "worker.py")
    monkeypatch.setattr(worker_pool, "_PATIENCE", 0.5)
    monkeypatch.setattr(worker_pool, "_idle", {})
    for name in ("JPGExtended.dcm", "MR_small_jpeg_ls_lossless.dcm"):
        with pytest.raises(UnreadableImage, match="truncated or damaged"):
            read_grey(Path(get_testdata_file(name)))


def test_a_stream_of_another_size_than_the_headers_is_refused(write_dicom, textured):
    path = write_dicom(textured, jpeg=True)
    dataset = dcmread(path)
    dataset.Rows = 40
    dataset.save_as(path)
    with pytest.raises(UnreadableImage, match="differ in size"):
        read_grey(path)


def test_sizes_of_code_streams():
    assert read_size(HTJ2K) == CodedSize(16, 16, 1, 8)
    assert read_size(HTJ2K[:20]) is None
    assert read_size(b"\xff\xd8\xff") is None
    assert read_size(b"") is None


def test_what_has_no_decoder_names_the_package(monkeypatch, write_dicom, textured):
    monkeypatch.setattr(decoders, "is_installed", lambda syntax: False)
    with pytest.raises(UnreadableImage, match=r"no decoder for JPEG Baseline.*\(pillow\)"):
        read_grey(write_dicom(textured, jpeg=True))
