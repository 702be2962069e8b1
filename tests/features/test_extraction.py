import subprocess
import sys

import h5py
import numpy as np
import pytest
import torch

from features.backbones import load
from features.embedder import Embedder, device
from features.extraction import extract
from features.views import augment

CPU = torch.device("cpu")
OPTIONS = {
    "layers": ["penultimate"],
    "precision": "fp32",
    "engine": "eager",
    "batch_size": 4,
    "device": CPU,
}
KEYS = [f"image {i}" for i in range(10)]


@pytest.fixture(scope="module")
def backbone():
    return load("mobilenet_v3_small", weights="random", seed=0)


def blocks_of(backbone, pixels, keys=KEYS, *, views=0, **options):
    embedder = Embedder(backbone, **{**OPTIONS, **options})
    return list(extract(pixels, keys, embedder, views=views, seed=42))


def embed(backbone, pixels, keys=KEYS, **options):
    return np.concatenate(blocks_of(backbone, pixels, keys, **options))


def test_blocks_come_in_order_and_the_last_is_short(backbone, pixels):
    blocks = blocks_of(backbone, pixels)
    assert [block.shape for block in blocks] == [(4, 1, 1024), (4, 1, 1024), (2, 1, 1024)]
    assert {block.dtype for block in blocks} == {np.dtype(np.float32)}


def test_equals_the_network_run_by_hand(backbone, pixels):
    with torch.inference_mode():
        wanted = backbone.module(backbone.preprocessing(pixels))
    np.testing.assert_allclose(embed(backbone, pixels)[:, 0], wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_an_embedding_does_not_depend_on_the_neighbours(backbone, pixels, precision):
    whole = embed(backbone, pixels, views=1, precision=precision)
    order = np.random.default_rng(1).permutation(10)[:7]
    some = embed(backbone, pixels[order], [KEYS[i] for i in order], views=1, precision=precision)
    np.testing.assert_array_equal(some, whole[order])


def test_further_views_are_the_augmented_images(backbone, pixels):
    both = embed(backbone, pixels, views=2)
    assert both.shape == (10, 3, 1024)
    np.testing.assert_array_equal(both[:, 0], embed(backbone, pixels)[:, 0])
    for view in (1, 2):
        by_hand = embed(backbone, augment(pixels, KEYS, view, 42))
        np.testing.assert_array_equal(both[:, view], by_hand[:, 0])


def test_bf16_stays_close_to_fp32(backbone, pixels):
    exact, fast = (embed(backbone, pixels, precision=p)[:, 0] for p in ("fp32", "bf16"))
    assert (exact != fast).any()
    cosine = (exact * fast).sum(1) / np.linalg.norm(exact, axis=1) / np.linalg.norm(fast, axis=1)
    assert cosine.min() > 0.999


def test_reads_from_a_file_a_batch_at_a_time(backbone, pixels, tmp_path):
    with h5py.File(tmp_path / "images.h5", "w") as file:
        file["pixels"] = pixels
        np.testing.assert_array_equal(embed(backbone, file["pixels"]), embed(backbone, pixels))


def test_device_is_the_gpu_where_there_is_one():
    assert device().type == ("cuda" if torch.cuda.is_available() else "cpu")


def test_importing_the_package_is_light():
    program = "import features, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
