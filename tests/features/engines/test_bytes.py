"""What an embedding's bytes depend on: never the neighbours, and what else."""

import numpy as np
import pytest
import torch

from features.batch_size import AUTO, batch_size_in_key
from features.embedder import Embedder
from features.engines.choice import cpu_has_bf16

CPU = torch.device("cpu")


def embed(backbone, pixels, *, engine, precision, batch_size):
    if precision == "bf16" and not cpu_has_bf16():
        pytest.skip("this CPU does not compute in bf16")
    embedder = Embedder(
        backbone,
        layers=["penultimate"],
        engine=engine,
        precision=precision,
        batch_size=batch_size,
        device=CPU,
    )
    batches = [pixels[i : i + batch_size] for i in range(0, len(pixels), batch_size)]
    return np.concatenate(list(embedder(batches)))


@pytest.fixture
def threads():
    """Return a function that sets PyTorch's threads, whose number is put back afterwards."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("engine", ["openvino", "eager"])
def test_neighbours_position_and_threads_do_not_matter(
    backbone, pixels, threads, engine, precision
):
    options = {"engine": engine, "precision": precision, "batch_size": AUTO["cpu"]}
    threads(1)
    whole = embed(backbone, pixels, **options)
    threads(2)
    order = np.random.default_rng(1).permutation(len(pixels))[:7]
    np.testing.assert_array_equal(embed(backbone, pixels[order], **options), whole[order])


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_for_openvino_the_batch_size_does_not_matter(backbone, pixels, precision):
    assert batch_size_in_key("auto", engine="openvino", device="cpu") is None
    options = {"engine": "openvino", "precision": precision}
    few = embed(backbone, pixels[:5], batch_size=3, **options)
    np.testing.assert_array_equal(few, embed(backbone, pixels[:5], batch_size=16, **options))


@pytest.mark.parametrize(
    ("engine", "device"), [("eager", "cpu"), ("compile", "cpu"), ("eager", "cuda")]
)
def test_elsewhere_it_is_part_of_the_computation(engine, device):
    assert batch_size_in_key("auto", engine=engine, device=device) == AUTO[device]
    assert batch_size_in_key(5, engine=engine, device=device) == 5
