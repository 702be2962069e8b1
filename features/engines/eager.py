"""The eager engine: the network as PyTorch runs it, in float32 or under autocast."""

import numpy as np
import torch
from torch import nn

from features.engines.base import DTYPES, FromBytes, precision_at_work, require_precision
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
        ``"fp32"``, exact also on a GPU (no TF32), or ``"bf16"`` or ``"fp16"`` (autocast).
    device
        Where it runs.
    batch_size
        Images in a forward pass.

    Attributes
    ----------
    precision
        The one that the network works in.

    Raises
    ------
    RadbankError
        If the network works in another precision than asked.
    """

    name = "eager"

    def __init__(
        self,
        module: nn.Module,
        preprocessing: Preprocessing,
        *,
        precision: str,
        device: torch.device,
        batch_size: int,  # noqa: ARG002 - takes batches of any size
    ) -> None:
        network = FromBytes(module, preprocessing).to(device)
        self._network = network.to(memory_format=torch.channels_last)
        self._dtype = DTYPES[precision]
        self._device = device
        with torch.inference_mode(), self._autocast():
            self.precision = precision_at_work(self._network, device)
        require_precision(self.name, precision, self.precision)

    def __call__(self, images: torch.Tensor) -> np.ndarray:
        """Return embeddings of resized images, as :class:`~features.engines.base.Engine` says."""
        with (
            torch.inference_mode(),
            torch.backends.cudnn.flags(
                enabled=True, benchmark=False, deterministic=True, allow_tf32=False
            ),
            self._autocast(),
        ):
            embeddings = self._network(images.to(self._device, non_blocking=True))
        array: np.ndarray = embeddings.float().cpu().numpy()
        return array

    def _autocast(self) -> torch.autocast:
        half = self._dtype is not torch.float32
        return torch.autocast(
            self._device.type, self._dtype if half else torch.bfloat16, enabled=half
        )
