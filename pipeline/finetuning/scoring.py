"""Predicted probabilities of a fine-tuned network: equal bytes for equal weights and images."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import numpy as np
import torch

from heads import scores
from pipeline.finetuning.images import ImageStack, LabelledImages
from pipeline.finetuning.network import FineTunedNetwork
from pipeline.finetuning.precision import exact_fp32
from pipeline.finetuning.processes.group import ProcessGroup

BATCH = 16  # fixed: how convolutions round depends on the shape of the batch


def probabilities(network: FineTunedNetwork, pixels: ImageStack) -> Iterator[np.ndarray]:
    """Yield the probability of each class for images, a batch at a time and in order.

    On one kind of processor, equal weights and images give equal bytes: after saving and loading,
    with other images beside them, and on any number of threads. Every call to the network sees
    equally many images (the last ones padded with black) and runs on one thread; several threads
    work on several batches. The last layer is computed as heads compute theirs, in an order that
    does not depend on where the numbers lie in memory. Another kind of processor, or a GPU, may
    round the convolutions differently.

    Parameters
    ----------
    network
        Put in evaluation mode, and left in it.
    pixels
        Prepared images.

    Yields
    ------
    ndarray of float64, shape (n, n_classes)
        n is :data:`BATCH`, less in the last batch. Not a number where training diverged.
    """
    weight, bias = (
        tensor.detach().double().cpu().numpy()
        for tensor in (network.classify.weight, network.classify.bias)
    )
    for batch in embeddings(network, pixels):
        if np.isfinite(batch).all() and np.isfinite(weight).all():
            yield scores.probabilities(scores.linear(batch, weight.T, bias))
        else:
            yield np.full((len(batch), max(len(weight), 2)), np.nan)


def all_probabilities(
    network: FineTunedNetwork, images: LabelledImages, group: ProcessGroup
) -> np.ndarray:
    """Return the probabilities of all images, of which each process scores its share.

    The shares are whole batches, so that the number of processes changes no byte.
    """
    return group.concatenate(probabilities(network, _share(images, group)))


def all_embeddings(
    network: FineTunedNetwork, images: LabelledImages, group: ProcessGroup
) -> np.ndarray:
    """Return the embeddings of all images, float32 of shape (n, n_features), likewise."""
    return group.concatenate(embeddings(network, _share(images, group)))


def _share(images: LabelledImages, group: ProcessGroup) -> LabelledImages:
    share = group.share(-(-len(images) // BATCH))
    return images.part(slice(share.start * BATCH, share.stop * BATCH))


def embeddings(network: FineTunedNetwork, pixels: ImageStack) -> Iterator[np.ndarray]:
    """Yield the embeddings of images, float32 of shape (n, n_features), as above."""
    network.eval()
    batches = (pixels[start : start + BATCH] for start in range(0, len(pixels), BATCH))
    embed = partial(_embed, network)
    if network.device.type == "cpu":
        return _on_single_threads(embed, batches)
    return map(exact_fp32()(embed), batches)


def _embed(network: FineTunedNetwork, batch: np.ndarray) -> np.ndarray:
    padded = np.pad(batch, ((0, BATCH - len(batch)), *([(0, 0)] * (batch.ndim - 1))))
    with torch.inference_mode():
        found: np.ndarray = network.embed(network.images(padded))[: len(batch)].cpu().numpy()
    return found


def _on_single_threads(
    embed: Callable[[np.ndarray], np.ndarray], batches: Iterable[np.ndarray]
) -> Iterator[np.ndarray]:
    """Embed batches in parallel, each on one thread, on as many as PyTorch is set to use.

    PyTorch's own threads share the sums of one batch, and so decide how these round.
    """
    threads = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))
    waiting: deque[Future[np.ndarray]] = deque()
    try:
        for batch in batches:
            waiting.append(pool.submit(embed, batch))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(threads)
