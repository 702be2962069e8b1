"""The weights of the best epoch so far."""

from dataclasses import dataclass
from typing import Self

import torch
from torch import nn

from pipeline.finetuning.epoch import Epoch


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
    def of(cls, epoch: Epoch, network: nn.Module) -> Self:
        """Copy the network's present weights."""
        state = network.state_dict()
        return cls(epoch, {name: value.detach().cpu().clone() for name, value in state.items()})
