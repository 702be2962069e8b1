"""Seeded, single-threaded torch that restores the global state afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def reproducible_torch(seed: int) -> Iterator[None]:
    """Seed torch and run it on one thread; both are as before afterwards.

    Parameters
    ----------
    seed
        Seed of torch's CPU generator inside the block.

    Notes
    -----
    Sums are taken in another order on another number of threads, and heads are too small to gain
    from several.
    """
    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
