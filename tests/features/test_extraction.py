import hashlib
import subprocess
import sys

import h5py
import numpy as np
import pytest
import torch

from features.backbones import load
from features.bank.bank import Bank
from features.bank.block import SIZE, BlockHeader
from features.computation import Computation
from features.embedder import Embedder
from features.extraction import embed_into_bank, extract, read_from_bank
from features.image_views import ImageView, ImageViews
from features.preprocessing import Preprocessing
from features.store.store import SHARD
from features.views import augment
from radbank.errors import RadbankError

CPU = torch.device("cpu")
OPTIONS = {
    "layers": ["penultimate"],
    "precision": "fp32",
    "engine": "eager",
    "batch_size": 4,
    "device": CPU,
}


@pytest.fixture(scope="module")
def backbone():
    return load("mobilenet_v3_small", weights="random", seed=0)


def blocks_of(backbone, pixels, *, views=0, **options):
    embedder = Embedder(backbone, **{**OPTIONS, **options})
    return list(extract(pixels, embedder, views=views, seed=42))


def embed(backbone, pixels, **options):
    return np.concatenate(blocks_of(backbone, pixels, **options))


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
    some = embed(backbone, pixels[order], views=1, precision=precision)
    np.testing.assert_array_equal(some, whole[order])


def test_further_views_are_the_augmented_images(backbone, pixels):
    both = embed(backbone, pixels, views=2)
    assert both.shape == (10, 3, 1024)
    np.testing.assert_array_equal(both[:, 0], embed(backbone, pixels)[:, 0])
    for view in (1, 2):
        by_hand = embed(backbone, augment(pixels, view, 42))
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


def test_importing_the_package_is_light():
    program = "import features, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


class Counting:
    """Embeds an image as a few of its pixels, and counts."""

    batch_size = 48  # does not divide a block

    def __init__(self):
        self.done = 0

    def __call__(self, batches):
        for batch in batches:
            assert len(batch) <= self.batch_size
            self.done += len(batch)
            yield batch[:, :3, 0].astype(np.float32)


@pytest.fixture
def wanted():
    """Return three shards of small images, the last one short, in two views."""
    shape = (2 * SHARD + 100, 6, 6)
    pixels = np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)
    hashes = [hashlib.sha256(image.tobytes()).hexdigest() for image in pixels]
    return ImageViews(pixels=pixels, pixel_sha256=hashes, views=1, seed=1)


@pytest.fixture
def open_cache(tmp_path):
    size = {"input_size": 6, "mean": (0, 0, 0), "std": (1, 1, 1), "interpolation": "bicubic"}
    computation = Computation(
        backbone="counting",
        weights_sha256="0" * 64,
        preprocessing=Preprocessing(**size),
        layers=("penultimate",),
        engine="eager",
        precision="fp32",
        device="cpu",
        batch_size=None,
    )
    return lambda: Bank(str(tmp_path / "bank")).cached(computation, libraries={})


@pytest.mark.parametrize(
    ("batch_size", "full"), [(16, 96), (1, 126), (4, 120), (32, 64), (42, 42), (64, 64), (256, 128)]
)
def test_a_block_and_the_batches_that_wait_are_128_embeddings_if_they_can_be(
    wanted, open_cache, tmp_path, batch_size, full
):
    embedder = Counting()
    embedder.batch_size = batch_size
    cached = open_cache()
    for _ in embed_into_bank(wanted.lacking(cached)[:600], wanted, embedder, cached):
        pass
    blocks = [BlockHeader.from_bytes(path.read_bytes()) for path in tmp_path.rglob("*.safetensors")]
    assert {len(block.keys) for block in blocks} == {full, 600 % full} - {0}


def part(wanted, rows):
    return ImageViews(
        pixels=wanted.pixels[rows],
        pixel_sha256=[wanted.pixel_sha256[row] for row in rows],
        views=wanted.views,
        seed=wanted.seed,
    )


def run_through(wanted, cached, embedder):
    """Bring what is lacking into the bank, and everything out of it."""

    def compute(image_views):
        for _ in embed_into_bank(image_views, wanted, embedder, cached):
            pass

    compute(wanted.lacking(cached))
    return np.concatenate(list(read_from_bank(wanted, cached, n_features=3, compute=compute)))


def test_everything_comes_out_of_the_bank_in_order(wanted, open_cache):
    found = run_through(wanted, open_cache(), Counting())
    assert found.shape == (len(wanted), 2, 3)
    np.testing.assert_array_equal(found[:, 0], wanted.pixels[:, :3, 0])
    views = augment(wanted.pixels[-5:], 1, 1)
    np.testing.assert_array_equal(found[-5:, 1], views[:, :3, 0])


def test_only_what_is_new_is_computed_whatever_the_order(wanted, open_cache):
    order = np.random.default_rng(0).permutation(len(wanted))
    whole = run_through(wanted, open_cache(), Counting())
    again = Counting()
    some = run_through(part(wanted, order[:2000]), open_cache(), again)
    assert again.done == 0
    np.testing.assert_array_equal(some, whole[order[:2000]])


def test_added_images_are_embedded_alone(wanted, open_cache):
    rows = np.arange(0, len(wanted), 3)
    run_through(part(wanted, rows), open_cache(), Counting())
    embedder = Counting()
    run_through(wanted, open_cache(), embedder)
    assert embedder.done == 2 * (len(wanted) - len(rows))


def test_a_run_that_stops_loses_less_than_a_block(wanted, open_cache):
    cached, embedder = open_cache(), Counting()
    steps = embed_into_bank(wanted.lacking(cached), wanted, embedder, cached)
    for _ in range(11):
        next(steps)
    steps.close()
    kept = len(open_cache())
    assert kept > 0
    assert 0 <= embedder.done - kept < SIZE
    rest = Counting()
    run_through(wanted, open_cache(), rest)
    assert rest.done == 2 * len(wanted) - kept


def test_blocks_that_vanish_or_rot_are_computed_again(wanted, open_cache, tmp_path):
    whole = run_through(wanted, open_cache(), Counting())
    cached = open_cache()
    blocks = sorted((tmp_path / "bank").rglob("*.safetensors"))
    blocks[0].unlink()
    blocks[5].write_bytes(blocks[5].read_bytes()[:-1])
    embedder = Counting()
    np.testing.assert_array_equal(run_through(wanted, cached, embedder), whole)
    assert 0 < embedder.done <= 2 * SIZE
    assert len(open_cache()) == 2 * len(wanted)


def test_a_bank_that_loses_everything_is_given_up(wanted, open_cache):
    cached = open_cache()
    some = part(wanted, range(5))
    with pytest.raises(RadbankError, match="damaged when read back, 3 times"):
        list(read_from_bank(some, cached, n_features=3, compute=lambda image_views: None))


def test_an_embedding_that_is_not_finite_is_not_kept(wanted, open_cache):
    class Broken(Counting):
        def __call__(self, batches):
            for embeddings in super().__call__(batches):
                embeddings[3, 0] = np.nan
                yield embeddings

    cached = open_cache()
    with pytest.raises(RadbankError, match=r"image 13 .* not finite"):
        list(
            embed_into_bank([ImageView(row, 0) for row in range(10, 20)], wanted, Broken(), cached)
        )
    assert len(cached) == 0
