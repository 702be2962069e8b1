"""Floating-point operations of a network, counted as it runs."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


def count_flops(network: nn.Module, inputs: torch.Tensor) -> int:
    """Return the floating-point operations of one forward pass.

    Convolutions and matrix products are counted, a multiplication and an addition as two; what is
    done element by element is not.

    Parameters
    ----------
    network
        In the mode that it is in, and left in it.
    inputs
        What it takes, on its device.
    """
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(inputs)
    return int(counter.get_total_flops())
