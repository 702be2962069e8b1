"""The interface of an engine, and code that several engines share."""

from typing import Protocol

import numpy as np
import torch
from torch import nn

from features.preprocessing import Preprocessing
from radbank.errors import RadbankError

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class Engine(Protocol):
    """An inference engine: it runs the forward pass of a network.

    Attributes
    ----------
    precision
        The number format that the network is found to work in: ``"fp32"``, ``"bf16"`` or
        ``"fp16"``.
    """

    precision: str

    def __call__(self, images: torch.Tensor) -> np.ndarray:
        """Return embeddings of resized images.

        Parameters
        ----------
        images
            uint8 of shape (batch_size, 1 or 3, size, size), on the CPU.

        Returns
        -------
        ndarray of shape (batch_size, n_features)
            float32.
        """


class FromBytes(nn.Module):
    """A network with its normalisation before it: resized uint8 images in, embeddings out.

    Parameters
    ----------
    module
        Maps preprocessed float32 images (n, 3, size, size) to embeddings (n, n_features).
    preprocessing
        Its normalisation.
    """

    def __init__(self, module: nn.Module, preprocessing: Preprocessing) -> None:
        super().__init__()
        self.module = module
        self.preprocessing = preprocessing

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return embeddings, in the precision of the network's last layer."""
        normalised = self.preprocessing.normalise(images)
        embeddings: torch.Tensor = self.module(
            normalised.contiguous(memory_format=torch.channels_last)
        )
        return embeddings


def precision_at_work(network: FromBytes, device: torch.device) -> str:
    """Embed one image and return the precision that convolutions and products really have.

    To be called as the network will be, under autocast for instance. Layers that autocast leaves
    in float32 do not count where others work in half the bits.
    """
    seen: set[torch.dtype] = set()
    layers = [each for each in network.modules() if isinstance(each, nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_hook(lambda _m, _i, o: seen.add(o.dtype)) for layer in layers]
    side = network.preprocessing.input_size
    try:
        network(torch.zeros(1, 1, side, side, dtype=torch.uint8, device=device))
    finally:
        for hook in hooks:
            hook.remove()
    halved = [name for name, dtype in DTYPES.items() if dtype in seen and name != "fp32"]
    return halved[0] if halved else "fp32"


def require_precision(engine: str, asked: str, found: str) -> None:
    """Refuse an engine that computes in another precision than it was asked to.

    Raises
    ------
    RadbankError
        If it does.
    """
    if found != asked:
        raise RadbankError(
            f"Engine {engine} was asked to compute in {asked} and computes in {found} on this "
            f"machine: set features.precision to {found} or auto, or features.engine to eager."
        )
