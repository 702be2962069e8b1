"""DICOM elements of which pydicom would make millions of values."""

import struct
import time

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import ImplicitVRLittleEndian, RLELossless

from pipeline.imaging.read import UnreadableImage, read_grey
from radbank.memory import peak_memory

SOON = 12.0  # seconds of a core, on a busy machine under coverage
LITTLE = 400 * 2**20  # bytes above what is used already
MILLIONS = 3_000_000
ITEM, END, PIXELS = b"\xfe\xff\0\xe0", b"\xfe\xff\xdd\xe0\0\0\0\0", b"\xe0\x7f\x10\0"
TEXTS = "more than 1,048,576 bytes of texts and numbers"
TABLES = "its lookup tables are larger than any"


def element(group, number, value):
    return struct.pack("<2HI", group, number, len(value)) + value


def opened(group, number, items):
    return struct.pack("<2HI", group, number, 0xFFFFFFFF) + items + END


@pytest.fixture
def implicit(write_dicom, textured):
    """Return a function that puts bytes into a file that names no value representations."""
    path = write_dicom(textured)
    dataset = dcmread(path)
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    dataset.save_as(path, implicit_vr=True, little_endian=True)

    def write(added):
        content = path.read_bytes()
        at = content.index(PIXELS)
        path.write_bytes(content[:at] + added + content[at:])
        return path

    return write


def refused(path, reason):
    started, before = time.process_time(), peak_memory()
    with pytest.raises(UnreadableImage, match=reason):
        read_grey(path, frame=1)
    assert time.process_time() - started < SOON
    assert peak_memory() - before < LITTLE


NUMBERS = b"1\\" * MILLIONS
EMPTY = (ITEM + bytes(4)) * MILLIONS
SWARM = ITEM + struct.pack("<I", 8 * MILLIONS) + struct.pack("<2HI", 0x11, 0x1000, 0) * MILLIONS
LONG_TABLE = ITEM + struct.pack("<I", len(NUMBERS) + 8) + element(0x28, 0x3002, NUMBERS)


@pytest.mark.parametrize(
    ("added", "reason"),
    [
        (element(0x28, 0x1050, NUMBERS) + element(0x28, 0x1051, NUMBERS), TEXTS),
        (element(0x18, 0x1164, NUMBERS), TEXTS),
        (element(0x10, 0x40, b"M\\" * MILLIONS), TEXTS),
        (element(0x28, 0x34, b"9" * MILLIONS), TEXTS),
        (element(8, 5, b"ISO_IR 100\\" * 100_000), "names its coding in more than 131,072 bytes"),
        (element(0x28, 0x3010, EMPTY), TABLES),
        (element(0x28, 0x3000, EMPTY), TABLES),
        (element(0x28, 0x3010, SWARM), TABLES),
        (opened(0x28, 0x3010, EMPTY), "more than 100,000 elements and items"),
        (opened(0x28, 0x3010, SWARM), "more than 100,000 elements and items"),
        (opened(0x28, 0x3010, LONG_TABLE), TEXTS),
    ],
)
def test_millions_of_values_are_refused(implicit, added, reason):
    refused(implicit(added), reason)


def test_what_is_long_and_never_read_is_no_reason(implicit, textured):
    never = element(0x11, 0x1001, NUMBERS) + element(0x8, 0x1140, SWARM)
    assert np.array_equal(read_grey(implicit(never)), textured)


@pytest.mark.parametrize("coded", [False, True])
def test_no_pixels_but_long_sequences(implicit, coded):
    path = implicit(element(0x8, 0x1140, SWARM + PIXELS * coded))
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(PIXELS + b"\0\x0c\0\0")])
    refused(path, "holds no pixel data")


def test_meta_information_of_millions_of_values(write_dicom, textured):
    path = write_dicom(textured)
    content = path.read_bytes()
    at = content.index(b"\2\0\x10\0UI")
    value = struct.pack("<2H2s2xI", 2, 0x10, b"UC", len(NUMBERS)) + NUMBERS
    path.write_bytes(content[:at] + value + content[at + 28 :])
    refused(path, "names its coding in more than 131,072 bytes")


def test_meta_information_of_millions_of_elements(write_dicom, textured):
    path = write_dicom(textured)
    content = path.read_bytes()
    swarm = struct.pack("<2H2sH", 2, 0x102, b"UI", 0) * MILLIONS
    path.write_bytes(content[:132] + swarm + content[132:])
    refused(path, "more than 100,000 elements and items")


@pytest.mark.parametrize("frames", [1, MILLIONS])
@pytest.mark.parametrize("table", [False, True])
def test_pixels_in_millions_of_fragments(write_dicom, textured, frames, table):
    path = write_dicom(textured, jpeg=True, NumberOfFrames=frames)
    content = path.read_bytes()
    empty = ITEM + struct.pack("<I", 0)
    fragments = ITEM + struct.pack("<I", len(NUMBERS)) + NUMBERS if table else empty * MILLIONS
    at = content.rindex(PIXELS) + 12
    path.write_bytes(content[:at] + fragments + content[at:])
    refused(path, "more pieces")


@pytest.mark.parametrize("waste", [b"\0\1", b"\x80"])
def test_run_lengths_that_waste_bytes_are_refused(write_dicom, textured, waste):
    path = write_dicom(textured)
    dataset = dcmread(path)
    dataset.compress(RLELossless, generate_instance_uid=False)
    dataset.save_as(path)
    assert np.array_equal(read_grey(path), textured)
    head = struct.pack("<16I", 1, 64, *[0] * 14)
    dataset.PixelData = encapsulate([head + waste * MILLIONS])
    dataset.save_as(path)
    refused(path, "far more bytes than they have uncoded")


def test_a_value_representation_that_there_is_not_is_no_matter(write_dicom, textured):
    path = write_dicom(textured, ContentDate="")
    path.write_bytes(path.read_bytes().replace(b"\x08\0\x23\0DA", b"\x08\0\x23\0LA"))
    assert np.array_equal(read_grey(path), textured)
