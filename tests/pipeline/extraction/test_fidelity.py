"""What a pretrained backbone sees of images that prepare decodes at half their size."""

import numpy as np
import pytest
import torch

from features import backbones
from pipeline.imaging.prepare import prepare, prepare_file
from pipeline.imaging.read import UnreadableImage, read_grey, read_image
from pipeline.phantom.cohort import IMAGE_FOLDER, write_cohort
from pipeline.phantom.plan import plan_cohort


@pytest.fixture(scope="module")
def backbone():
    return backbones.load("efficientnet_lite0", weights="imagenet")


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cohort") / "demo"
    write_cohort(folder, plan_cohort(12, 6, 7))
    return sorted((folder / IMAGE_FOLDER).glob("*.dcm"))


def similarity(backbone, first, second):
    """Return the cosine between the embeddings of each pair of prepared images."""
    with torch.inference_mode():
        one, other = (backbone.module(backbone.preprocessing(each)) for each in (first, second))
    return torch.cosine_similarity(one, other).numpy()


def check(backbone, paths, size):
    """Compare images prepared from halves with those prepared from all pixels."""
    whole = np.stack([prepare(read_grey(path), size) for path in paths])
    halves = np.stack([prepare_file(path, size) for path in paths])
    apart = np.abs(whole.astype(int) - halves)
    assert 0 < apart.mean() < 0.5
    assert np.percentile(apart, 99.9) <= 8
    # the yardstick: every third grey one up or down
    noise = np.random.default_rng(0).choice([-1, 0, 0, 0, 0, 1], whole.shape)
    noisy = (whole + noise).clip(0, 255).astype(np.uint8)
    seen = similarity(backbone, whole, halves)
    assert seen.mean() > 0.997
    assert seen.mean() > similarity(backbone, whole, noisy).mean()


def test_phantoms(backbone, phantoms):
    size = 96
    kept = [path for path in phantoms if is_halved(path, size)]
    assert len(kept) >= 4
    check(backbone, kept, size)


def is_halved(path, size):
    try:
        return read_image(path, side=size).factor == 2
    except UnreadableImage:
        return False


def test_radiographs(backbone, shared_data):
    files = sorted((shared_data / "rsna" / "stage_2_train_images").glob("*.dcm"))[::16]
    assert all(is_halved(path, 320) for path in files)
    check(backbone, files, 320)
