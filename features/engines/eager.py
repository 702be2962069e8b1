"""The eager engine: the network as PyTorch runs it, in float32 or under bfloat16 autocast."""

import numpy as np
import torch
from torch import nn

from features.preprocessing import Preprocessing


class Eager:
    """A network that turns resized images into embeddings.

    Parameters
    ----------
    module
        Maps preprocessed float32 images (n, 3, size, size) to embeddings (n, n_features).
    preprocessing
        Its normalisation, done on the device so that single bytes travel there.
    precision
        ``"fp32"``, exact also on a GPU (no TF32), or ``"bf16"`` (autocast).
    device
        Where it runs.
    """

    name = "eager"

    def __init__(
        self,
        module: nn.Module,
        preprocessing: Preprocessing,
        *,
        precision: str,
        device: torch.device,
    ) -> None:
        self._module = module.to(device).to(memory_format=torch.channels_last)
        self._preprocessing = preprocessing
        self._bf16 = precision == "bf16"
        self._device = device

    def __call__(self, images: torch.Tensor) -> np.ndarray:
        """Return embeddings of resized images.

        Parameters
        ----------
        images
            uint8 of shape (n, 1 or 3, size, size), on the CPU.

        Returns
        -------
        ndarray of shape (n, n_features)
            float32.
        """
        with (
            torch.inference_mode(),
            torch.backends.cudnn.flags(
                enabled=True, benchmark=False, deterministic=True, allow_tf32=False
            ),
            torch.autocast(self._device.type, torch.bfloat16, enabled=self._bf16),
        ):
            inputs = self._preprocessing.normalise(images.to(self._device))
            embeddings: torch.Tensor = self._module(
                inputs.contiguous(memory_format=torch.channels_last)
            )
        array: np.ndarray = embeddings.float().cpu().numpy()
        return array
