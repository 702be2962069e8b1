"""Stored values that are greys already: the short way gives what the long one does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset

from pipeline.imaging.description import describe
from pipeline.imaging.dicom import as_grey
from pipeline.imaging.grey import to_grey
from pipeline.imaging.plain import stores_greys

CODES = np.arange(256, dtype=np.uint8).reshape(16, 16)
NOT_EVERYTHING = CODES[4:9]


def dataset(**tags):
    made = Dataset()
    made.Rows, made.Columns, made.SamplesPerPixel = *CODES.shape, 1
    made.PhotometricInterpretation = "MONOCHROME2"
    made.BitsAllocated = made.BitsStored = 8
    made.PixelRepresentation = 0
    for keyword, value in tags.items():
        setattr(made, keyword, value)
    return made


@settings(max_examples=200, deadline=None)
@given(
    tags=st.fixed_dictionaries(
        {},
        optional={
            "PhotometricInterpretation": st.sampled_from(["MONOCHROME1", "MONOCHROME2"]),
            "PresentationLUTShape": st.sampled_from(["IDENTITY", "INVERSE"]),
            "BitsStored": st.sampled_from([7, 8]),
            "PixelRepresentation": st.sampled_from([0, 1]),
            "RescaleSlope": st.sampled_from([1, 2, -1]),
            "RescaleIntercept": st.sampled_from([0, 5]),
            "WindowCenter": st.sampled_from([127.5, 128, 255]),
            "WindowWidth": st.sampled_from([255, 256, 512]),
            "VOILUTFunction": st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
            "PixelPaddingValue": st.sampled_from([0, 255]),
        },
    )
)
def test_plain_greys_are_those_of_the_whole_pipeline(tags):
    made = dataset(**tags)
    made.file_meta = Dataset()
    plain = stores_greys(made, describe(made))
    for stored in (CODES, NOT_EVERYTHING):
        expected = to_grey(stored, made, describe(made))
        if plain:
            assert np.array_equal(as_grey(stored, made, describe(made)), expected)
            assert np.array_equal(expected, stored) or np.array_equal(expected, 255 - stored)


@pytest.mark.parametrize(
    ("tags", "plain"),
    [
        ({}, True),
        ({"WindowCenter": 128, "WindowWidth": 256}, True),
        ({"WindowCenter": 127.5, "WindowWidth": 255, "VOILUTFunction": "LINEAR_EXACT"}, True),
        ({"WindowCenter": 128, "WindowWidth": 200}, False),
        ({"BitsAllocated": 16, "BitsStored": 12}, False),
        ({"BitsStored": None, "HighBit": 6}, False),
        ({"BitsStored": None}, True),
    ],
)
def test_which_images_are_plain(tags, plain):
    made = dataset(**tags)
    assert stores_greys(made, describe(made)) is plain
