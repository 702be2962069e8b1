"""Model selection: the weights of the best epoch so far."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import torch

from pipeline.finetuning.loop import Epoch
from pipeline.finetuning.network import FineTunedNetwork


@dataclass(frozen=True, eq=False)
class Best:
    """An epoch, and a copy of the network's weights as they were after it.

    Attributes
    ----------
    epoch
        What the epoch came to.
    state
        The network's parameters and buffers after it, by name, on the CPU.
    """

    epoch: Epoch
    state: dict[str, torch.Tensor]

    @classmethod
    def of(cls, epoch: Epoch, network: FineTunedNetwork) -> Self:
        """Copy the network's present weights."""
        state = network.state_dict()
        return cls(epoch, {name: value.detach().cpu().clone() for name, value in state.items()})


def with_best(epochs: Iterable[Epoch], network: FineTunedNetwork) -> Iterator[tuple[Epoch, Best]]:
    """Yield each epoch of a network's training, and the best one so far.

    The best epoch is the one with the highest validation AUC; among equals that with the lowest
    validation loss, and among equals in both the earliest.
    """
    best = None
    for epoch in epochs:
        if best is None or _rank(epoch) > _rank(best.epoch):
            best = Best.of(epoch, network)
        yield epoch, best


def _rank(epoch: Epoch) -> tuple[float, float]:
    return epoch.validation_auc, -epoch.validation_loss
