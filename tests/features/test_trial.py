import numpy as np
import pytest
import torch

from features import trial
from features.backbones import load
from features.embedder import Embedder


class Timed:
    """An engine whose passes take the seconds of a table."""

    def __init__(self, clock, seconds):
        self.clock, self.seconds = clock, seconds

    def __call__(self, images):
        if self.seconds is None:
            raise RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate")
        self.clock[0] += self.seconds


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        ({8: 1, 16: 2, 32: 4}, 8),  # the same rate
        ({8: 1, 16: 1.5, 32: 2.9}, 16),
        ({8: 1, 16: 1, 32: 1, 64: 1}, 64),  # and no further
        ({8: 1, 16: 1, 32: None}, 16),  # no memory
    ],
)
def test_it_doubles_while_that_pays(monkeypatch, seconds, found):
    clock = [0.0]
    monkeypatch.setattr(trial.time, "perf_counter", lambda: clock[0])
    size, engine = trial.find_batch_size(lambda size: Timed(clock, seconds[size]), 8)
    assert size == found
    assert engine.seconds == seconds[found]


def embedder_for(**options):
    return Embedder(
        load("timm:test_efficientnet", weights="random", seed=0),
        **{
            "layers": ["penultimate"],
            "engine": "eager",
            "precision": "bf16",
            "batch_size": "auto",
            "device": torch.device("cpu"),
            **options,
        },
    )


def test_the_size_is_looked_for_where_it_is_free_and_pays(monkeypatch):
    asked = []
    monkeypatch.setattr(
        trial, "find_batch_size", lambda build, side: asked.append(side) or (7, build(7))
    )
    free = {"engine": "openvino", "precision": "fp32"}
    found = embedder_for(n_images=trial.PAYS, **free)
    assert (found.batch_size, found.computation.batch_size) == (7, None)
    few = embedder_for(n_images=trial.PAYS - 1, **free)
    assert (few.batch_size, few.computation.batch_size) == (16, None)
    fixed = embedder_for(n_images=trial.PAYS)
    assert (fixed.batch_size, fixed.computation.batch_size) == (16, 16)
    assert asked == [160]


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried"),
        RuntimeError("std::bad_alloc"),
    ],
)
def test_want_of_memory_halves_the_pass_and_goes_on(pixels, monkeypatch, capsys, error):
    embedder = embedder_for(batch_size=10)
    (wanted,) = embedder([pixels])
    build = Embedder._build

    def scarce(self, size):
        engine = build(self, size)

        def run(images):
            if len(images) > 3:
                raise error
            return engine(images)

        return run

    monkeypatch.setattr(Embedder, "_build", scarce)
    embedder._engine = scarce(embedder, 10)
    (embedded,) = embedder([pixels])
    np.testing.assert_array_equal(embedded, wanted)
    said = capsys.readouterr().err
    assert "going on with 5 images" in said
    assert "going on with 2 images" in said
    assert embedder.batch_size == 10


def test_other_failures_are_raised(pixels):
    embedder = embedder_for()

    def broken(_images):
        raise RuntimeError("a bug")

    embedder._engine = broken
    with pytest.raises(RuntimeError, match="a bug"):
        list(embedder([pixels]))


def test_one_image_that_does_not_fit_ends_it(pixels):
    embedder = embedder_for(batch_size=1)

    def full(_images):
        raise MemoryError

    embedder._engine = full
    with pytest.raises(MemoryError):
        list(embedder([pixels[:1]]))
