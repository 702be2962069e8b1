import numpy as np
import pytest
import torch

from features.backbones import load
from features.embedder import Embedder
from features.fidelity import fidelity, require_fidelity
from radbank.errors import RadbankError


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
    assert embedder.fidelity is None
    assert 0.999 < require_fidelity(embedder, backbone, pixels) < 1
    assert embedder.fidelity == require_fidelity(embedder, backbone, pixels)


def test_eager_fp32_is_its_own_measure(backbone):
    assert require_fidelity(embedder_of(backbone, "eager"), backbone, np.zeros((0, 8, 8))) == 1


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
def test_an_unfaithful_engine_stops_the_run(backbone, pixels, wrong, monkeypatch):
    embedder = embedder_of(backbone, "eager", "bf16")
    engine = embedder._engine
    embedder._engine = lambda images: wrong * engine(images)
    with pytest.raises(
        RadbankError, match=r"mobilenet_v3_small by engine eager in bf16 have a mean cosine of"
    ):
        require_fidelity(embedder, backbone, pixels)
