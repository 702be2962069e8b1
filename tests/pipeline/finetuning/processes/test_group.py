"""Several processes train what one trains: the same curve, the same weights."""

import numpy as np
import pytest
import torch

from pipeline.finetuning import loop, resume
from pipeline.finetuning.processes.group import ALONE, ProcessGroup
from pipeline.finetuning.processes.launch import run_in_processes
from tests.pipeline.finetuning.processes import work


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Return what one process and two came to."""
    folder = tmp_path_factory.mktemp("outcomes")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(loop, "batches", loop.batches)  # put back what the work sets
        patched.setattr(resume, "_EVERY", resume._EVERY)
        work.train(ALONE, folder)
    run_in_processes(2, work.train, str(folder))
    return [torch.load(folder / f"{size}.pt", weights_only=True) for size in (1, 2)]


@pytest.mark.parametrize("name", [*work.RECIPES, "resumed"])
def test_the_curve_is_that_of_one_process(outcomes, name):
    (one, weights), (several, others) = (each[name] for each in outcomes)
    assert len(one) == 2
    np.testing.assert_allclose(several, one, rtol=1e-4)
    assert weights.keys() == others.keys()
    for key, value in weights.items():
        torch.testing.assert_close(others[key], value, rtol=1e-3, atol=1e-4)


def test_a_training_that_goes_on_in_several_processes_comes_to_the_same_bytes(outcomes):
    for each in outcomes:
        assert each["resumed"][0] == each["frozen statistics"][0]
        weights = each["frozen statistics"][1]
        assert all(torch.equal(value, weights[key]) for key, value in each["resumed"][1].items())


@pytest.mark.parametrize("count", [0, 1, 2, 16, 17])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_shares_are_all_there_is_once_and_nearly_equal(count, size):
    shares = [ProcessGroup(rank, size).share(count) for rank in range(size)]
    assert [i for share in shares for i in range(count)[share]] == list(range(count))
    lengths = {share.stop - share.start for share in shares}
    assert max(lengths) - min(lengths) <= 1
