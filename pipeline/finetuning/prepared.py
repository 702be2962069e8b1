"""Batches of one epoch: the training examples in random order, each altered anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from features.prefetch import PREFETCHED, prefetch
from pipeline.finetuning.inputs import Inputs


@dataclass(frozen=True, eq=False)
class Batch:
    """What one step trains on.

    Attributes
    ----------
    chosen
        Positions of the examples, int64 of shape (n,).
    inputs
        What the network takes for them, on its device.
    seed
        Of what the network itself draws in this step (dropout).
    """

    chosen: np.ndarray
    inputs: torch.Tensor
    seed: int


def prepared_batches(
    training: Inputs,
    cuts: Sequence[slice],
    *,
    seed: Sequence[int],
    first: int,
    device: torch.device,
) -> Iterator[Batch]:
    """Yield the batches of an epoch from the one numbered `first` on.

    The order is drawn from `seed`, and each batch from a generator of its own, so that no batch
    depends on the others, nor on when and in which thread it is made.

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
    """
    order = np.random.default_rng(seed).permutation(len(training.labels))
    made = (
        # numpy takes a 0 at the end of a seed for no number at all, so batches count from 1
        _make(training, order[cuts[batch]], np.random.default_rng([*seed, batch + 1]))
        for batch in range(first, len(cuts))
    )
    return prefetch(made, PREFETCHED) if in_another_thread(device) else made


def in_another_thread(device: torch.device) -> bool:
    """Tell whether the next batches are read and augmented while the present one is trained on.

    They are on a GPU. On a CPU they are made between the steps, because these keep all cores busy.
    """
    return device.type == "cuda"


def _make(training: Inputs, chosen: np.ndarray, generator: np.random.Generator) -> Batch:
    inputs = training.batch(chosen, generator)
    return Batch(chosen, inputs, int(generator.integers(2**63)))
