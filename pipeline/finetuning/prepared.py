"""Batches of one epoch: the training examples in random order, each altered anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from features.prefetch import PREFETCHED, prefetch
from pipeline.finetuning.inputs import Inputs
from pipeline.finetuning.processes.group import ALONE, ProcessGroup


@dataclass(frozen=True, eq=False)
class Batch:
    """What one step trains on, or this process's share of it.

    Attributes
    ----------
    chosen
        Positions of the examples, int64 of shape (n,).
    inputs
        What the network takes for them, on its device.
    seed
        Of what the network itself draws in this step (dropout).
    part
        How much of the step's examples these are. A process with no share has the step's first
        example, so that it takes part, and it counts as 0.
    """

    chosen: np.ndarray
    inputs: torch.Tensor
    seed: int
    part: float


def prepared_batches(
    training: Inputs,
    cuts: Sequence[slice],
    *,
    seed: Sequence[int],
    first: int,
    device: torch.device,
    group: ProcessGroup = ALONE,
) -> Iterator[Batch]:
    """Yield the batches of an epoch from the one numbered `first` on.

    The order is drawn from `seed`, and each batch from a generator of its own, so that no batch
    depends on the others, nor on when and in which thread it is made. How an example is altered
    does not depend on the number of processes either; what the network draws (dropout) does.

    Parameters
    ----------
    training
        The examples.
    cuts
        Where the shuffled examples are cut into batches.
    seed
        Of the epoch.
    first
        Number of the first batch wanted, from 0.
    device
        Where the network is.
    group
        The processes that share each batch.
    """
    order = np.random.default_rng(seed).permutation(len(training.labels))
    made = (
        # numpy takes a 0 at the end of a seed for no number at all, so batches count from 1
        _make(training, order[cuts[batch]], np.random.default_rng([*seed, batch + 1]), group)
        for batch in range(first, len(cuts))
    )
    return prefetch(made, PREFETCHED) if in_another_thread(device) else made


def in_another_thread(device: torch.device) -> bool:
    """Tell whether the next batches are read and augmented while the present one is trained on.

    They are on a GPU. On a CPU they are made between the steps, because these keep all cores busy.
    """
    return device.type == "cuda"


def _make(
    training: Inputs, chosen: np.ndarray, generator: np.random.Generator, group: ProcessGroup
) -> Batch:
    share = group.share(len(chosen))
    part = (share.stop - share.start) / len(chosen)
    if not part:
        share = slice(0, 1)
    inputs = training.batch(chosen, generator, share)
    seed = int(generator.integers(2**63))
    if not group.first:
        seed = int(np.random.default_rng([seed, group.rank]).integers(2**63))
    return Batch(chosen[share], inputs, seed, part)
