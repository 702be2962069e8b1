"""From prepared images to embeddings, block by block and in order."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import torch

from features.backbones import LoadedBackbone
from features.engines.eager import Eager
from features.layers import LayerEmbedding
from features.views import augment

ENGINES = {Eager.name: Eager}


class Pixels(Protocol):
    """Images that can be read a slice at a time: an array, or a dataset in an HDF5 file."""

    shape: tuple[int, ...]

    def __getitem__(self, rows: slice, /) -> np.ndarray: ...


def device() -> torch.device:
    """Return the first CUDA device, or the CPU where there is none."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def choose_engine(engine: str) -> str:
    """Return the engine that ``"auto"`` stands for, or the one named.

    Raises
    ------
    ValueError
        If there is no such engine.
    """
    chosen = Eager.name if engine == "auto" else engine
    if chosen not in ENGINES:
        raise ValueError(f"engine {engine!r} is not auto or one of {', '.join(ENGINES)}")
    return chosen


def extract(
    pixels: Pixels,
    keys: Sequence[str],
    backbone: LoadedBackbone,
    *,
    views: int,
    layers: Sequence[str],
    precision: str,
    engine: str,
    batch_size: int,
    seed: int,
    device: torch.device,
) -> Iterator[np.ndarray]:
    """Yield the embeddings of images, a batch at a time and in their order.

    Every batch has the same shape (the last is filled up with black images, whose embeddings are
    dropped), so that an image meets the same computation whatever its neighbours are.

    Parameters
    ----------
    pixels
        uint8 of shape (n_images, height, width).
    keys
        Names of the images, from which their augmented views are drawn.
    backbone
        The network.
    views
        Augmented views of each image beside the plain one.
    layers
        ``"penultimate"`` or dotted names of modules.
    precision
        ``"fp32"`` or ``"bf16"``.
    engine
        ``"eager"``, or ``"auto"`` (see :func:`choose_engine`).
    batch_size
        Images in a forward pass.
    seed
        Of the augmented views.
    device
        Where the network runs.

    Yields
    ------
    ndarray of shape (n, 1 + views, n_features)
        float32; n is `batch_size`, less in the last block. View 0 is the plain image.

    Raises
    ------
    RadbankError
        If the network has no layer of a name in `layers`.
    """
    run = ENGINES[choose_engine(engine)](
        LayerEmbedding(backbone, layers),
        backbone.preprocessing,
        precision=precision,
        device=device,
    )
    for start in range(0, len(keys), batch_size):
        batch = pixels[start : start + batch_size]
        names = keys[start : start + batch_size]
        yield np.stack(
            [
                run(_padded(backbone.preprocessing.resize(images), batch_size))[: len(batch)]
                for images in (
                    batch,
                    *(augment(batch, names, view, seed) for view in range(1, views + 1)),
                )
            ],
            axis=1,
        )


def _padded(images: torch.Tensor, size: int) -> torch.Tensor:
    """Fill a batch up with black images."""
    missing = size - len(images)
    return torch.cat([images, images.new_zeros(missing, *images.shape[1:])])
