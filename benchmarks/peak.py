"""How fast this machine multiplies, and how many operations a network asks for.

Their quotient is about the most images a second that any engine reaches in that precision, so it
tells a slow engine from a slow machine. (An algorithm that multiplies less, such as Winograd's for
convolutions, could exceed it.)
"""

import statistics
import time

import torch
from torch.utils.flop_counter import FlopCounterMode

from features.backbones import LoadedBackbone

_ROWS = 4096
_TIMES = 5


def operations_a_second(dtype: torch.dtype, device: torch.device) -> float:
    """Return the operations a second of large products of matrices in ``dtype``, a median."""
    left, right = (torch.rand(_ROWS, _ROWS, device=device).to(dtype) for _ in range(2))
    float((left @ right)[0, 0])  # the first one also prepares; reading a number waits for a GPU
    seconds = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        float((left @ right)[0, 0])
        seconds.append(time.perf_counter() - started)
    return 2 * _ROWS**3 / statistics.median(seconds)


def operations_of(backbone: LoadedBackbone) -> int:
    """Return the multiplications and additions that one image takes."""
    side = backbone.preprocessing.input_size
    images = torch.zeros(1, 3, side, side)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        backbone.module.cpu().eval()(images)
    return int(counter.get_total_flops())
