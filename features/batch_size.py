"""How many images a forward pass takes."""

import time
from collections.abc import Callable
from typing import Literal

import torch

from features.engines.base import Engine

# Images, where the size is not found. On two cores all engines are as quick from 4 images on.
FIXED = {"cpu": 16, "cuda": 128}
TRIAL_PAYS = 10_000  # embeddings from which looking for a size is worth its seconds

_SMALLEST, _LARGEST = 8, 64
_GAIN = 1.1  # how much quicker twice the size must be

BatchSize = int | Literal["auto"]


def deciding(batch_size: BatchSize, *, engine: str, device: str) -> int | None:
    """Return the batch size if embeddings depend on it in their last bits, otherwise None.

    PyTorch chooses other routines for other shapes, so ``"auto"`` is a fixed size for it. With
    OpenVINO all sizes gave the same bytes with every network tried: there the size is free.
    """
    if engine == "openvino":
        return None
    return FIXED[device] if batch_size == "auto" else batch_size


def find(build: Callable[[int], Engine], side: int) -> tuple[int, Engine]:
    """Double the batch size while that makes the engine notably quicker.

    Parameters
    ----------
    build
        Makes the engine for a batch size.
    side
        Of the network's input in pixels.

    Returns
    -------
    tuple of int and Engine
        The size found, and the engine for it.
    """
    size, engine = _SMALLEST, build(_SMALLEST)
    rate = _rate(engine, size, side)
    while size < _LARGEST:
        larger = build(2 * size)
        try:
            its_rate = _rate(larger, 2 * size, side)
        except Exception as error:
            if is_out_of_memory(error):
                break
            raise
        if its_rate < _GAIN * rate:
            break
        size, engine, rate = 2 * size, larger, its_rate
    return size, engine


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an engine failed for want of memory, which each of them says in its own way."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError)
        and any(
            words in str(error) for words in ("not enough memory", "out of memory", "bad_alloc")
        )
    )


def _rate(engine: Engine, size: int, side: int) -> float:
    """Return images a second, of the better of two passes after a first."""
    images = torch.zeros(size, 1, side, side, dtype=torch.uint8)
    engine(images)
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        engine(images)
        seconds.append(time.perf_counter() - start)
    return size / min(seconds)
