"""Finding by trial how many images an engine should be given at a time."""

import time
from collections.abc import Callable

import torch

from features.engines.base import Engine

PAYS = 10_000  # embeddings from which looking for a size is worth its seconds

_SMALLEST, _LARGEST = 8, 64
_GAIN = 1.1  # how much quicker twice the size must be


def find_batch_size(build: Callable[[int], Engine], side: int) -> tuple[int, Engine]:
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
        try:
            larger = build(2 * size)
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
