"""Palettes whose entries use fewer bits than they declare."""

import numpy as np
import pytest

from pipeline.imaging.read import read_grey


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize(("declared", "top"), [(16, 65535), (16, 4095), (16, 255), (8, 255)])
def test_a_palette_is_scaled_by_what_it_reaches(write_dicom, big, declared, top):
    order = ">u2" if big else "<u2"
    entries = np.array([0, top // 3, 2 * top // 3, top])
    if declared == 8:
        entries = np.frombuffer(entries.astype(np.uint8).tobytes(), "<u2")
    tags = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour in ("Red", "Green", "Blue"):
        tags[f"{colour}PaletteColorLookupTableDescriptor"] = [4, 0, declared]
        tags[f"{colour}PaletteColorLookupTableData"] = entries.astype(order).tobytes()
    stored = np.array([[0, 1], [2, 3]], np.uint8)
    path = write_dicom(stored, big=big, **tags)
    assert read_grey(path).tolist() == [[0, 85], [170, 255]]
