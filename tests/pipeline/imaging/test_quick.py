"""What is parsed quickly is what pydicom parses: no element more, less or other."""

import io
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import data, dcmread

from benchmarks.mutation import dicom_seeds, mutate
from pipeline.imaging.quick import parse_quickly

TEST_FILES = sorted((Path(data.__file__).parent / "test_files").rglob("*.dcm"))


def raw(dataset):
    """Return elements by tag as they were in the file."""
    kept = {tag: dataset.get_item(tag) for tag in dataset.keys()}  # noqa: SIM118 - tags
    # the one element that pydicom converts as it reads
    kept.pop(0x00080005, None)
    return kept


def agrees_with_pydicom(content):
    """Compare the two readings of a file; return whether there is a quick one."""
    quick = parse_quickly(content)
    if quick is None:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        slow = dcmread(io.BytesIO(content), force=True)
    assert raw(quick) == raw(slow)
    assert quick.keys() == slow.keys()
    assert quick.file_meta.TransferSyntaxUID == slow.file_meta.TransferSyntaxUID
    assert quick.original_encoding == slow.original_encoding
    return True


def test_ordinary_files_are_parsed_quickly(write_dicom, textured):
    for jpeg in (True, False):
        path = write_dicom(textured, jpeg=jpeg, PatientAge="062Y", PatientName="", LUTFrameRange=[])
        assert agrees_with_pydicom(path.read_bytes())


def test_pydicoms_own_files_give_the_same():
    quick = [path for path in TEST_FILES if agrees_with_pydicom(path.read_bytes())]
    assert len(quick) > 30


@pytest.fixture(scope="module")
def seeds():
    return [content for content in dicom_seeds() if parse_quickly(content) is not None]


@settings(max_examples=300, deadline=None)
@given(choice=st.integers(0, 10**6), seed=st.integers(0, 2**32 - 1))
def test_damaged_files_give_the_same_or_are_left_to_pydicom(seeds, choice, seed):
    agrees_with_pydicom(mutate(seeds[choice % len(seeds)], np.random.default_rng(seed)))


def test_what_is_not_ordinary_is_left_to_pydicom(write_dicom, textured):
    path = write_dicom(textured, jpeg=True)
    whole = path.read_bytes()
    assert parse_quickly(whole) is not None
    head = whole.index(struct.pack("<HH", 0x0028, 0x0010))
    unknown = whole[: head + 4] + b"??" + whole[head + 6 :]
    elsewhere = {
        "no preamble": whole[132:],
        "cut within the pixels": whole[:-20],
        "cut within a head": whole[: head + 5],
        "bytes after the end": whole + b"\0",
        "of unknown kind": unknown,
        "big endian": write_dicom(textured, big=True).read_bytes(),
        "another character set": write_dicom(
            textured, SpecificCharacterSet="ISO_IR 144"
        ).read_bytes(),
        "an unknown transfer syntax": whole.replace(b"1.2.4.50", b"1.2.4.59"),
    }
    for name, content in elsewhere.items():
        assert parse_quickly(content) is None, name
