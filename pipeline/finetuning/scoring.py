"""Predicted probabilities of a fine-tuned network: equal bytes for equal weights and images."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import numpy as np
import torch

from pipeline.finetuning.images import ImageStack
from pipeline.finetuning.network import FineTunedNetwork
from pipeline.finetuning.precision import exact_fp32

BATCH = 16  # fixed: how convolutions round depends on the shape of the batch


def probabilities(network: FineTunedNetwork, pixels: ImageStack) -> Iterator[np.ndarray]:
    """Yield the probability of each class for images, a batch at a time and in order.

    On one kind of processor, equal weights and images give equal bytes: after saving and loading,
    with other images beside them, and on any number of threads. Every call to the network sees
    equally many images (the last ones padded with black) and runs on one thread; several threads
    work on several batches. The last layer is computed in float64, in an order that does not
    depend on where the numbers lie in memory. Another kind of processor, or a GPU, may round the
    convolutions differently.

    Parameters
    ----------
    network
        Put in evaluation mode, and left in it.
    pixels
        Prepared images.

    Yields
    ------
    ndarray of float64, shape (n, n_classes)
        n is :data:`BATCH`, less in the last batch.
    """
    network.eval()
    batches = (pixels[start : start + BATCH] for start in range(0, len(pixels), BATCH))
    score = partial(_score, network)
    if network.device.type == "cpu":
        return _on_single_threads(score, batches)
    return map(exact_fp32()(score), batches)


def _score(network: FineTunedNetwork, batch: np.ndarray) -> np.ndarray:
    padded = np.pad(batch, ((0, BATCH - len(batch)), (0, 0), (0, 0)))
    with torch.inference_mode():
        embeddings = network.embed(network.images(padded))[: len(batch)]
        numbers, weight, bias = (
            tensor.double().cpu().numpy()
            for tensor in (embeddings, network.classify.weight, network.classify.bias)
        )
    # not `@`: the order of a BLAS product depends on the processor, the threads and the alignment
    logits = np.stack([(numbers * row).sum(axis=1) for row in weight], axis=1) + bias
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: np.ndarray = odds / odds.sum(axis=1, keepdims=True)
    return shares


def _on_single_threads(
    score: Callable[[np.ndarray], np.ndarray], batches: Iterable[np.ndarray]
) -> Iterator[np.ndarray]:
    """Score batches in parallel, each on one thread, on as many as PyTorch is set to use.

    PyTorch's own threads share the sums of one batch, and so decide how these round.
    """
    threads = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))
    waiting: deque[Future[np.ndarray]] = deque()
    try:
        for batch in batches:
            waiting.append(pool.submit(score, batch))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(threads)
