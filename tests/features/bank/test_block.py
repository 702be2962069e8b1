import json

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open

from features.bank.block import (
    HEADER_BYTES,
    SIZE,
    Block,
    BlockHeader,
    DamagedBlock,
    file_name,
    is_block,
)


def make(n=3, width=5, seed=0, **more):
    return Block(
        computation="c" * 64,
        keys=tuple(f"{i:064x}+{seed:016x}" for i in range(n)),
        embeddings=np.random.default_rng(seed).normal(size=(n, width)).astype(np.float32),
        libraries={"torch": "2.6.0", "numpy": "2.0.0"},
        **more,
    )


def test_a_block_comes_back_and_is_read_only():
    block = make()
    content = block.to_bytes()
    again = Block.from_bytes(content, file_name(content))
    assert (again.computation, again.keys) == (block.computation, block.keys)
    assert again.libraries == block.libraries
    np.testing.assert_array_equal(again.embeddings, block.embeddings)
    assert not again.embeddings.flags.writeable


def test_equal_blocks_are_equal_bytes_whatever_the_order_of_their_libraries():
    block, other = make(), make()
    other.libraries.clear()
    other.libraries.update({"numpy": "2.0.0", "torch": "2.6.0"})
    assert block.to_bytes() == other.to_bytes()


def test_the_library_of_the_format_reads_it(tmp_path):
    block = make()
    (tmp_path / "a.safetensors").write_bytes(block.to_bytes())
    np.testing.assert_array_equal(
        safetensors.numpy.load(block.to_bytes())["embedding"], block.embeddings
    )
    with safe_open(tmp_path / "a.safetensors", "numpy") as file:
        assert file.metadata()["keys"].split(" ") == list(block.keys)
        assert json.loads(file.metadata()["libraries"]) == block.libraries


def test_activations_are_rounded_to_bfloat16_as_pytorch_does():
    block = make(4, 900, stored="bfloat16")
    scales = np.logspace(-30, 30, 900)
    block.embeddings[:] *= scales.astype(np.float32)
    block.embeddings[0, :4] = [1 + 2**-8, 1 + 3 * 2**-8, -1 - 2**-8, 0]  # ties, to even
    wanted = torch.from_numpy(block.embeddings).bfloat16()
    content = block.to_bytes()
    assert torch.equal(safetensors.torch.load(content)["embedding"], wanted)
    again = Block.from_bytes(content, file_name(content))
    assert again.embeddings.dtype == np.float32
    np.testing.assert_array_equal(again.embeddings, wanted.float())


def test_a_row_of_activations_is_found_by_its_bytes():
    block = Block(
        computation="c" * 64,
        keys=("a", "b", "c"),
        embeddings=np.arange(36, dtype=np.float32).reshape(3, 2, 3, 2),
        libraries={},
        stored="bfloat16",
    )
    content = block.to_bytes()
    header = BlockHeader.from_bytes(content)
    assert (header.shape, header.stored) == ((3, 2, 3, 2), "bfloat16")
    start, end = header.bytes_of(1)
    row = torch.frombuffer(bytearray(content[start:end]), dtype=torch.bfloat16)
    assert torch.equal(row, torch.arange(12, 24).bfloat16())


def test_the_head_of_a_full_block_is_in_its_first_bytes():
    content = make(SIZE, 4096).to_bytes()
    header = BlockHeader.from_bytes(content[:HEADER_BYTES])
    assert len(header.keys) == SIZE
    assert header.shape == (SIZE, 4096)
    assert header.length % 8 == 0
    assert header.length < HEADER_BYTES / 2


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_every_flipped_bit_is_seen(at, bit):
    content = bytearray(make().to_bytes())
    name = file_name(bytes(content))
    content[at % len(content)] ^= 1 << bit
    with pytest.raises(DamagedBlock):
        Block.from_bytes(bytes(content), name)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200) | st.integers(0, 700).map(lambda end: make().to_bytes()[:end]))
def test_what_is_no_block_has_no_head_or_an_honest_one(start):
    try:
        header = BlockHeader.from_bytes(start)
    except DamagedBlock:
        return
    assert header.keys == make().keys


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        (f"{'a' * 64}/blocks/{'0' * 64}.safetensors", True),
        (f"{'a' * 64}/blocks/.{'0' * 64}.safetensors.12345678.partial", False),
        (f"{'a' * 64}/computation.json", False),
        (f"{'a' * 64}/blocks/{'0' * 63}.safetensors", False),
        (f"models/blocks/{'0' * 64}.safetensors", False),
        (f"{'a' * 64}/{'0' * 64}.safetensors", False),
    ],
)
def test_names_of_blocks(path, is_one):
    assert is_block(path) is is_one
