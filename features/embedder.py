"""A backbone on an engine, ready to embed images."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch

from features.backbones import LoadedBackbone
from features.computation import Computation
from features.device import device_type
from features.engines.choice import choose_engine
from features.engines.eager import Eager
from features.layers import LayerEmbedding

ENGINES = {Eager.name: Eager}


def device() -> torch.device:
    """Return the first CUDA device, or the CPU where there is none."""
    return torch.device(device_type())


class Embedder:
    """A function from prepared images to embeddings.

    Every forward pass is of `batch_size` images (a shorter batch is filled up with black ones,
    whose embeddings are dropped), so that an image meets the same computation whatever its
    neighbours are.

    Parameters
    ----------
    backbone
        The network.
    layers
        ``"penultimate"`` or dotted names of modules.
    engine
        ``"eager"``, or ``"auto"`` (see :func:`features.engines.choice.choose_engine`).
    precision
        ``"fp32"`` or ``"bf16"``.
    batch_size
        Images in a forward pass.
    device
        Where the network runs.

    Attributes
    ----------
    computation
        What decides the numbers.
    batch_size
        As given.

    Raises
    ------
    RadbankError
        If the network has no layer of a name in `layers`.
    """

    def __init__(
        self,
        backbone: LoadedBackbone,
        *,
        layers: Sequence[str],
        engine: str,
        precision: str,
        batch_size: int,
        device: torch.device,
    ) -> None:
        chosen = choose_engine(engine)
        self.batch_size = batch_size
        self.computation = Computation(
            backbone=backbone.name,
            weights_sha256=backbone.weights.sha256,
            preprocessing=backbone.preprocessing,
            layers=tuple(layers),
            engine=chosen,
            precision=precision,
            device=device.type,
        )
        self._preprocessing = backbone.preprocessing
        self._forward = ENGINES[chosen](
            LayerEmbedding(backbone, layers),
            backbone.preprocessing,
            precision=precision,
            device=device,
        )

    def __call__(self, batches: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Yield the embeddings of batches of images, in their order.

        Parameters
        ----------
        batches
            uint8 of shape (n, height, width), with n at most `batch_size`.

        Yields
        ------
        ndarray of shape (n, n_features)
            float32.
        """
        for batch in batches:
            resized = self._preprocessing.resize(batch)
            yield self._forward(_padded(resized, self.batch_size))[: len(batch)]


def _padded(images: torch.Tensor, size: int) -> torch.Tensor:
    """Fill a batch up with black images."""
    missing = size - len(images)
    return torch.cat([images, images.new_zeros(missing, *images.shape[1:])])
