"""Damaged files give an image or a reason; benchmarks/fuzz.py tries many more of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.mutation import dicom_seeds, mutate, raster_seeds
from pipeline.imaging.image import ANY_SIDE
from pipeline.imaging.read import UnreadableImage, read_image


@pytest.fixture(scope="module")
def files() -> list[bytes]:
    return [*dicom_seeds(), *raster_seeds(np.random.default_rng(0))]


@settings(max_examples=150, deadline=None)
@given(
    choice=st.integers(0, 10**6),
    seed=st.integers(0, 2**32 - 1),
    side=st.sampled_from([None, ANY_SIDE, 32]),
)
def test_damaged_files_give_an_image_or_a_reason(files, tmp_path_factory, choice, seed, side):
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(mutate(files[choice % len(files)], np.random.default_rng(seed)))
    try:
        image = read_image(path, frame=1, side=side)
    except UnreadableImage:
        return
    assert image.grey.dtype == np.uint8
    assert image.grey.min() < image.grey.max()


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=400), head=st.sampled_from([b"", bytes(128) + b"DICM"]))
def test_any_bytes_give_a_reason(tmp_path_factory, content, head):
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(head + content)
    with pytest.raises(UnreadableImage):
        read_image(path, frame=1)
