import numpy as np
import pytest
import torch

from features.backbones import load
from features.embedder import Embedder
from features.fidelity import LEAST, fidelity, fidelity_check_failed, measure_fidelity


@pytest.fixture(scope="module")
def backbone():
    return load("mobilenet_v3_small", weights="random", seed=0)


def embedder_of(backbone, engine, precision="fp32"):
    return Embedder(
        backbone,
        layers=["penultimate"],
        engine=engine,
        precision=precision,
        batch_size="auto",
        device=torch.device("cpu"),
    )


def test_an_engine_is_measured_against_eager_fp32(backbone, pixels):
    embedder = embedder_of(backbone, "eager", "bf16")
    measured = measure_fidelity(embedder, backbone, pixels)
    assert LEAST < measured < 1
    assert measured == measure_fidelity(embedder, backbone, pixels)


def test_eager_fp32_is_its_own_measure(backbone):
    assert measure_fidelity(embedder_of(backbone, "eager"), backbone, np.zeros((0, 8, 8))) == 1


class Invented:
    """What embeds images as the numbers it was given."""

    batch_size = 4

    def __init__(self, embeddings):
        self.embeddings = np.float32(embeddings)

    def __call__(self, batches):
        yield from [self.embeddings for _ in batches]


def test_it_is_the_mean_cosine():
    ours = Invented([[1, 0], [1, 1], [0, 0], [0, 0]])
    theirs = Invented([[2, 0], [1, 0], [0, 0], [1, 0]])
    images = np.zeros((4, 8, 8), np.uint8)
    # the same direction, half a right angle, nothing both times, and nothing instead of something
    assert fidelity(ours, theirs, images) == pytest.approx((1 + 0.5**0.5 + 1 + 0) / 4)


@pytest.mark.parametrize("wrong", [-1.0, np.nan])
def test_an_unfaithful_engine_is_told_from_a_faithful_one(backbone, pixels, wrong):
    embedder = embedder_of(backbone, "eager", "bf16")
    engine = embedder._engine
    embedder._engine = lambda images: wrong * engine(images)
    assert not measure_fidelity(embedder, backbone, pixels) >= LEAST


def test_the_error_names_what_is_unfaithful_and_by_how_much(backbone):
    error = fidelity_check_failed(embedder_of(backbone, "eager", "bf16").computation, 0.99)
    assert "mobilenet_v3_small by engine eager in bf16 have a mean cosine of 0.990000" in str(error)
