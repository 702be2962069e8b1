"""JPEG 2000 streams that claim more than they hold."""

import struct
import time

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import JPEG2000, JPEG2000Lossless

from pipeline.imaging.read import UnreadableImage, read_grey
from radbank.memory import peak_memory

SOON = 8.0  # seconds of a core, on a busy machine under coverage
LITTLE = 300 * 2**20  # bytes above what is used already


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def size_of(columns, rows, *, tile=None, left=0, components=1):
    tile = tile or (columns + left, rows)
    numbers = struct.pack(">H8IH", 0, columns + left, rows, left, 0, *tile, 0, 0, components)
    return segment(0x51, numbers + bytes([7, 1, 1]) * components)


def style(*, levels=0, layers=1, block=4, precinct=None, component=None):
    custom = precinct is not None
    tail = bytes([levels, block, block, 0, 1]) + bytes([precinct or 0] * (levels + 1) * custom)
    if component is not None:
        return segment(0x53, bytes([component, custom]) + tail)
    return segment(0x52, struct.pack(">BBHB", custom, 0, layers, 0) + tail)


def stream_of(size, *styles, later=b"", body=bytes(2000)):
    quantisation = segment(0x5C, bytes([0x40]) + b"\x48" * 97)
    part = later + b"\xff\x93" + body
    start = segment(0x90, struct.pack(">HIBB", 0, 12 + len(part), 0, 1))
    return b"\xff\x4f" + size + b"".join(styles) + quantisation + start + part + b"\xff\xd9"


@pytest.fixture
def write_stream(write_dicom, textured):
    def write(stream, rows, columns, syntax=JPEG2000Lossless, components=1):
        pixels = textured if components == 1 else np.stack([textured] * 3, -1)
        path = write_dicom(pixels, jpeg=True)
        dataset = dcmread(path)
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.Rows, dataset.Columns = rows, columns
        dataset.PixelData = encapsulate([stream])
        dataset.save_as(path)
        return path

    return write


LARGE = size_of(8192, 8192)
MANY = "more tiles, blocks or layers than any encoder makes"


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (stream_of(LARGE, style(precinct=0)), MANY),
        (stream_of(LARGE, style(levels=5, precinct=0x11)), MANY),
        (stream_of(LARGE, style(levels=5, block=0)), MANY),
        (stream_of(LARGE, style(), style(precinct=0, component=0)), MANY),
        (stream_of(LARGE, style(), later=style(precinct=0)), MANY),
        (stream_of(LARGE, style(), later=style(precinct=0, component=0)), MANY),
        (stream_of(LARGE, style(layers=65535, levels=5, precinct=0x77)), MANY),
        (stream_of(size_of(8192, 8192, tile=(33, 33)), style(levels=5)), MANY),
        (stream_of(size_of(8192, 8192, tile=(128, 128)), style(levels=32)), MANY),
        (stream_of(LARGE, b"\xff\x30", style(precinct=0)), "damaged"),
        (stream_of(LARGE, style(levels=33)), "damaged"),
        (stream_of(LARGE, segment(0x64, b"") * 2**17, style()), "more pieces"),
        (stream_of(size_of(8192, 8192, tile=(0, 8192)), style()), "damaged"),
    ],
)
def test_small_streams_that_claim_much_are_refused(write_stream, stream, reason):
    path = write_stream(stream, 8192, 8192)
    started, before = time.process_time(), peak_memory()
    with pytest.raises(UnreadableImage, match=reason):
        read_grey(path)
    assert time.process_time() - started < SOON
    assert peak_memory() - before < LITTLE


def test_colours_that_take_four_times_their_bytes_are_refused(write_stream):
    stream = stream_of(size_of(8192, 8192, components=3), style())
    with pytest.raises(UnreadableImage, match="more than 268,435,456 bytes"):
        read_grey(write_stream(stream, 8192, 8192, components=3))


@pytest.fixture
def coded(write_dicom, textured):
    """Return a JPEG 2000 file and its stream."""
    path = write_dicom(textured)
    dataset = dcmread(path)
    dataset.compress(JPEG2000Lossless, generate_instance_uid=False)
    dataset.save_as(path)
    return path, get_frame(dataset.PixelData, 0, number_of_frames=1)


def test_what_an_encoder_writes_is_read(coded, textured):
    assert np.array_equal(read_grey(coded[0]), textured)


def boxes(*pieces):
    named = b"".join(struct.pack(">I4s", len(body) + 8, kind) + body for kind, body in pieces)
    return b"\0\0\0\x0cjP  \r\n\x87\n" + named


def test_a_stream_in_a_jp2_file_is_read_without_its_boxes(coded, write_stream, textured):
    rows, columns = textured.shape
    kind = (b"ftyp", b"jp2 \0\0\0\0jp2 ")
    decoy = (b"free", stream_of(size_of(columns, rows), style()))
    file = boxes(kind, decoy, (b"jp2c", coded[1]))
    assert np.array_equal(read_grey(write_stream(file, rows, columns)), textured)
    hidden = boxes(kind, decoy, (b"jp2c", stream_of(LARGE, style(precinct=0))))
    with pytest.raises(UnreadableImage, match="differ in size"):
        read_grey(write_stream(hidden, rows, columns))
    with pytest.raises(UnreadableImage, match="damaged"):
        read_grey(write_stream(boxes(kind, decoy), rows, columns, JPEG2000))
