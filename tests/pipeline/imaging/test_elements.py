"""Files whose meta information is there twice."""

import struct

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import ImplicitVRLittleEndian, JPEGBaseline8Bit

from pipeline.imaging.read import read_grey

SYNTAX = b"UI\x14\x001.2.840.10008.1.2.1\0"


def parts(path):
    """Return preamble, meta information and data set."""
    content = path.read_bytes()
    at = content.index(b"\x08\0\x16\0")
    return content[:132], content[132:at], content[at:]


def explicit(syntax):
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    return struct.pack("<2H2sH", 2, 0x10, b"UI", len(value)) + value


def implicit(syntax):
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    return struct.pack("<2HI", 2, 0x10, len(value)) + value


@pytest.fixture
def both(write_dicom, textured):
    """Return two files of one picture, the second in implicit coding."""
    path, other = write_dicom(textured), write_dicom(textured, name="implicit.dcm")
    dataset = dcmread(other)
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    dataset.save_as(other, implicit_vr=True, little_endian=True)
    return path, other


def test_meta_information_that_is_there_twice(both, textured):
    for path in both:
        preamble, meta, rest = parts(path)
        for second in (meta, preamble + meta):
            path.write_bytes(preamble + meta + second + rest)
            assert np.array_equal(read_grey(path), textured)


@pytest.mark.parametrize("write", [explicit, implicit])
@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, ImplicitVRLittleEndian, "1.2.3"])
def test_the_first_says_how_the_file_was_written(both, textured, write, syntax):
    for path in both:
        preamble, meta, rest = parts(path)
        path.write_bytes(preamble + meta + write(syntax) + rest)
        assert np.array_equal(read_grey(path), textured)
