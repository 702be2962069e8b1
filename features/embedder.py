"""Feature extraction: a backbone on an engine maps batches of images to embeddings."""

import sys
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch

from features.backbones import LoadedBackbone
from features.batch_size import BatchSize, batch_size_in_key, resolve_batch_size
from features.computation import BFLOAT16, FLOAT32, Computation
from features.cut import CutNetwork
from features.device import device_type
from features.engines.base import Engine
from features.engines.choice import choose
from features.engines.compiled import Compiled
from features.engines.eager import Eager
from features.engines.openvino import OpenVINO
from features.layers import LayerEmbedding
from features.prefetch import PREFETCHED, prefetch

ENGINES = {engine.name: engine for engine in (OpenVINO, Compiled, Eager)}


def device() -> torch.device:
    """Return the first CUDA device, or the CPU where there is none."""
    return torch.device(device_type())


class Embedder:
    """A function from prepared images to embeddings.

    Every forward pass has the same number of images, so that an embedding does not depend on the
    other images of its batch: a shorter batch is padded with black images, whose embeddings are
    dropped. If memory runs out, the number is halved.

    Parameters
    ----------
    backbone
        The network.
    layers
        ``"penultimate"`` or dotted names of modules.
    engine, precision
        As for :func:`features.engines.choice.choose`.
    batch_size
        Images in a forward pass; ``"auto"`` is 16 on a CPU and 128 on a GPU.
    device
        Where the network runs.
    cut
        None for embeddings; for the activations before the last blocks of the network, how it is
        cut. Then `layers` does not matter.

    Attributes
    ----------
    choice
        The engine and the precision, and why these.
    computation
        The cache key of the embeddings, apart from the image.
    batch_size
        The most images that a batch may have.

    Raises
    ------
    RadbankError
        If the network has no layer of a name in `layers`, or the engine cannot do what is asked.
    """

    def __init__(
        self,
        backbone: LoadedBackbone,
        *,
        layers: Sequence[str],
        engine: str,
        precision: str,
        batch_size: BatchSize,
        device: torch.device,
        cut: CutNetwork | None = None,
    ) -> None:
        self.choice = choose(engine, precision, device=device.type, n_images=0)
        self._device = device
        self._preprocessing = backbone.preprocessing
        self._cut = cut
        self._network = cut.trunk if cut else LayerEmbedding(backbone, layers)
        self.batch_size = resolve_batch_size(batch_size, device.type)
        self._in_one_pass = self.batch_size
        self._engine = self._build(self.batch_size)
        self.computation = Computation(
            backbone=backbone.name,
            weights_sha256=backbone.weights.sha256,
            preprocessing=backbone.preprocessing,
            layers=(f"before {cut.before}",) if cut else tuple(layers),
            engine=self.choice.engine,
            precision=self._engine.precision,
            device=device.type,
            batch_size=batch_size_in_key(batch_size, engine=self.choice.engine, device=device.type),
            stored=BFLOAT16 if cut else FLOAT32,
        )

    @property
    def is_reference(self) -> bool:
        """Whether this is the network run eagerly in float32."""
        return (self.computation.engine, self.computation.precision) == ("eager", "fp32")

    def reference(self, backbone: LoadedBackbone) -> "Embedder":
        """Return the embedder of the same layers that runs eagerly in float32."""
        return Embedder(
            backbone,
            layers=self.computation.layers,
            engine="eager",
            precision="fp32",
            batch_size="auto",
            device=self._device,
            cut=self._cut,
        )

    def __call__(self, batches: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Yield the embeddings of batches of images, in their order.

        Batches are prefetched: one thread reads and resizes them, another embeds them, while the
        caller works on the embeddings before.

        Parameters
        ----------
        batches
            uint8 of shape (n, height, width), with n at most `batch_size`.

        Yields
        ------
        ndarray of shape (n, n_features), or (n, *cut.shape)
            float32.
        """
        resized = prefetch(map(self._resize, batches), PREFETCHED)
        return prefetch(map(self._embed, resized), PREFETCHED)

    def _resize(self, batch: np.ndarray) -> torch.Tensor:
        resized = self._preprocessing.resize(batch)
        return resized.pin_memory() if self._device.type == "cuda" else resized

    def _embed(self, images: torch.Tensor) -> np.ndarray:
        while True:
            try:
                return np.concatenate(
                    [
                        self._engine(_padded(part, self._in_one_pass))[: len(part)]
                        for part in torch.split(images, self._in_one_pass)
                    ]
                )
            except Exception as error:
                if not _is_out_of_memory(error) or self._in_one_pass == 1:
                    raise
            self._halve()

    def _halve(self) -> None:
        """Halve the batch size of all further forward passes."""
        self._in_one_pass //= 2
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        self._engine = self._build(self._in_one_pass)
        print(
            f"Not enough memory: going on with {self._in_one_pass} images in a forward pass. Set "
            f"features.batch_size to {self._in_one_pass} to start with that.",
            file=sys.stderr,
        )

    def _build(self, batch_size: int) -> Engine:
        return ENGINES[self.choice.engine](
            self._network,
            self._preprocessing,
            precision=self.choice.precision,
            device=self._device,
            batch_size=batch_size,
        )


def _padded(images: torch.Tensor, size: int) -> torch.Tensor:
    """Pad a batch to its full size with black images."""
    missing = size - len(images)
    if not missing:
        return images
    return torch.cat([images, images.new_zeros(missing, *images.shape[1:])])


def _is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an engine ran out of memory; engines raise different errors for it."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError)
        and any(
            words in str(error) for words in ("not enough memory", "out of memory", "bad_alloc")
        )
    )
