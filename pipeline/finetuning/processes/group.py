"""The processes that train one network together: shares of the work, sums over all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import nn

T = TypeVar("T")


@dataclass(frozen=True)
class ProcessGroup:
    """The processes of a training, as one of them sees them.

    What is asked of all of them (every method but :meth:`share`) waits for all.

    Attributes
    ----------
    rank
        Number of this process, from 0; the first reports and writes.
    size
        How many there are. One alone waits for nobody, and computes as if there were no group.
    """

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this process reports and writes."""
        return self.rank == 0

    def share(self, count: int) -> slice:
        """Return this process's share of so many things; with too few of them it is empty."""
        return slice(count * self.rank // self.size, count * (self.rank + 1) // self.size)

    def backward(
        self, loss: torch.Tensor, minimised: torch.Tensor, parameters: Iterable[nn.Parameter]
    ) -> torch.Tensor:
        """Set the gradients of a batch from the shares of it; return the batch's loss.

        Sums run over one flat vector, always in the same order, so that a training that is taken
        up again rounds as one that was not.

        Parameters
        ----------
        loss, minimised
            What this process adds to the batch's loss, and to what is minimised.
        parameters
            Those that are trained; no others get a gradient.
        """
        torch.autograd.backward(minimised)
        if self.size == 1:
            return loss
        gradients = [each.grad for each in parameters if each.grad is not None]
        every = torch.cat([*(each.flatten() for each in gradients), loss.detach().reshape(1)])
        dist.all_reduce(every)
        *summed, total = torch.split(every, [*(each.numel() for each in gradients), 1])
        for gradient, found in zip(gradients, summed, strict=True):
            gradient.copy_(found.view_as(gradient))
        return total

    def concatenate(self, arrays: Iterable[np.ndarray]) -> np.ndarray:
        """Return the arrays of all processes, those of the first one first, as one array."""
        own = list(arrays)
        if self.size == 1:
            return np.concatenate(own)
        everyones: list[Sequence[np.ndarray]] = [[] for _ in range(self.size)]
        dist.all_gather_object(everyones, own)
        return np.concatenate([array for theirs in everyones for array in theirs])

    def of_first(self, value: T) -> T:
        """Return what the first process has."""
        if self.size == 1:
            return value
        values = [value]
        dist.broadcast_object_list(values)
        return values[0]

    def equalise(self, network: nn.Module) -> None:
        """Give a network the parameters and buffers that it has in the first process."""
        if self.size > 1:
            for tensor in network.state_dict().values():
                given = tensor.contiguous()  # a copy where weights lie channels last
                dist.broadcast(given, 0)
                tensor.copy_(given)

    def wait(self) -> None:
        """Wait until all processes are here."""
        if self.size > 1:
            dist.all_reduce(torch.zeros(1))


ALONE = ProcessGroup()
