"""torch that gives the same numbers on every run and leaves no trace in the process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray


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


def probability(
    network: Callable[[torch.Tensor], torch.Tensor], embeddings: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return the sigmoid of a network's logits, or the softmax where there is one a class.

    Parameters
    ----------
    network
        Maps (n_images, n_features) to logits of shape (n_images,) or (n_images, n_classes).
    embeddings : ndarray of shape (n_images, n_features)

    Returns
    -------
    ndarray of the shape of the logits
    """
    with reproducible_torch(seed=0), torch.inference_mode():
        logits = network(torch.tensor(embeddings)).double()
        said = torch.sigmoid(logits) if logits.ndim == 1 else torch.softmax(logits, dim=1)
        numbers: NDArray[np.float64] = said.numpy()
    return numbers
