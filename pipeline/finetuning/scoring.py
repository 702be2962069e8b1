"""Probabilities of a network for images, the same whatever batch an image comes in."""

from collections.abc import Iterator

import numpy as np
import torch

from pipeline.finetuning.images import Pixels
from pipeline.finetuning.network import Network

BATCH = 16  # fixed: how convolutions round depends on the shape of the batch


def probabilities(network: Network, pixels: Pixels) -> Iterator[np.ndarray]:
    """Yield the probability of each class for images, a batch at a time and in order.

    Parameters
    ----------
    network
        Put in evaluation mode, and left in it.
    pixels
        Prepared images. Every call to the network sees equally many of them, the last ones
        padded with black, so that the number for an image does not depend on those scored
        with it.

    Yields
    ------
    ndarray of float64, shape (n, n_classes)
        n is :data:`BATCH`, less in the last batch.
    """
    network.eval()
    for start in range(0, len(pixels), BATCH):
        batch = pixels[start : start + BATCH]
        padded = np.pad(batch, ((0, BATCH - len(batch)), (0, 0), (0, 0)))
        with torch.inference_mode():
            logits = network(network.images(padded))[: len(batch)]
        yield torch.softmax(logits.double(), dim=1).cpu().numpy()
