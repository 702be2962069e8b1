import numpy as np
import pytest
import torch

from features.backbones import load
from features.embedder import Embedder


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


@pytest.mark.parametrize(
    ("asked", "engine", "size", "in_key"),
    [
        ("auto", "openvino", 16, None),
        (7, "openvino", 7, None),
        ("auto", "eager", 16, 16),
        (7, "eager", 7, 7),
    ],
)
def test_the_size_belongs_to_the_key_where_numbers_depend_on_it(asked, engine, size, in_key):
    embedder = embedder_for(batch_size=asked, engine=engine, precision="fp32")
    assert embedder.batch_size == size
    assert embedder.computation.batch_size == in_key


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
