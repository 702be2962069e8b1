import pytest
import torch

from heads.reproducible import reproducible_torch


def test_numbers_come_from_the_seed_and_state_comes_back():
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    drawn = []
    for _ in range(2):
        with reproducible_torch(seed=3):
            assert torch.get_num_threads() == 1
            drawn.append(torch.rand(4).tolist())
    assert drawn[0] == drawn[1]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.get_num_threads() == threads


def test_state_comes_back_after_an_error():
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    with pytest.raises(RuntimeError, match="shape"), reproducible_torch(seed=3):
        torch.rand(4) @ torch.rand(5, 5)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.get_num_threads() == threads
