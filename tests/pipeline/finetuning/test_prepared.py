import time

import numpy as np
import pytest
import torch

from pipeline.finetuning.batches import batches
from pipeline.finetuning.images import LabelledImages
from pipeline.finetuning.inputs import AugmentedImages
from pipeline.finetuning.prepared import prepared_batches
from pipeline.finetuning.processes.group import ALONE, ProcessGroup

CPU = torch.device("cpu")


class SlowStack:
    """Images whose reading takes a while, another while each time."""

    def __init__(self, pixels):
        self.pixels = pixels
        self.waits = np.random.default_rng()

    def __len__(self):
        return len(self.pixels)

    def __getitem__(self, rows):
        time.sleep(self.waits.uniform(0, 0.003))
        return self.pixels[rows]


class Broken(SlowStack):
    def __getitem__(self, rows):
        raise OSError("cannot read")


@pytest.fixture
def prefetched(monkeypatch):
    """Make batches in another thread, as on a GPU."""
    monkeypatch.setattr("pipeline.finetuning.prepared.in_another_thread", lambda _: True)


def epoch(images, network, seed=(4, 0), first=0, wait=0.0, group=ALONE):
    found = []
    inputs = AugmentedImages(images, network)
    cuts = batches(len(images), 8)
    for batch in prepared_batches(inputs, cuts, seed=seed, first=first, device=CPU, group=group):
        time.sleep(wait)
        found.append(batch)
    return found


def same(one, other):
    return all(
        torch.equal(a.inputs, b.inputs) and (a.chosen == b.chosen).all() and a.seed == b.seed
        for a, b in zip(one, other, strict=True)
    )


def test_every_image_comes_once(images, network):
    # a constant image stays what it was in its middle, whatever its view
    constant = np.full((40, 16, 16), 100, np.uint8) + np.arange(40, dtype=np.uint8)[:, None, None]
    found = epoch(LabelledImages(constant, images.rows, images.labels), network)
    chosen = np.concatenate([batch.chosen for batch in found])
    assert sorted(chosen) == list(range(40))
    assert chosen.tolist() != list(range(40))
    middles = torch.cat([batch.inputs[:, 0, 8, 8] for batch in found])
    assert ((middles * 0.5 + 0.5) * 255 - 100).round().int().tolist() == chosen.tolist()
    assert [len(batch.inputs) for batch in found] == [8] * 5


def test_no_two_batches_and_no_two_epochs_are_drawn_alike(images, network):
    first, again, other = (epoch(images, network, seed) for seed in [(4, 0), (4, 0), (4, 1)])
    assert same(first, again)
    assert not same(first, other)
    assert len({batch.seed for batch in first + other}) == 10


@pytest.mark.parametrize("first", [0, 1, 4, 5])
def test_an_epoch_goes_on_from_any_batch(images, network, first):
    assert same(epoch(images, network, first=first), epoch(images, network)[first:])


@pytest.mark.parametrize("size", [2, 3])
def test_processes_share_each_batch_as_one_process_draws_it(images, network, size):
    few = images.part(np.arange(34))  # the last batch is of two images
    alone = epoch(few, network)
    for whole, *shares in zip(
        alone, *(epoch(few, network, group=ProcessGroup(r, size)) for r in range(size)), strict=True
    ):
        own = [share for share in shares if share.part]
        assert torch.equal(torch.cat([share.inputs for share in own]), whole.inputs)
        assert np.concatenate([share.chosen for share in own]).tolist() == whole.chosen.tolist()
        assert sum(share.part for share in shares) == pytest.approx(1)
        assert [share.part for share in shares] == pytest.approx(
            [len(share.inputs) / len(whole.inputs) if share.part else 0 for share in shares]
        )
        assert all(len(share.inputs) for share in shares)
        assert len({share.seed for share in shares}) == size
        assert shares[0].seed == whole.seed


@pytest.mark.parametrize("wait", [0.0, 0.003])
def test_prefetching_changes_nothing(wait, images, network, request):
    here = epoch(images, network)
    request.getfixturevalue("prefetched")
    slow = LabelledImages(SlowStack(images.pixels), images.rows, images.labels)
    assert same(epoch(slow, network, wait=wait), here)


@pytest.mark.usefixtures("prefetched")
def test_an_image_that_cannot_be_read_stops_the_training(images, network):
    broken = LabelledImages(Broken(images.pixels), images.rows, images.labels)
    with pytest.raises(OSError, match="cannot read"):
        epoch(broken, network)
