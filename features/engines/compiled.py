"""The engine ``compile``: the network as torch.compile translates it for this machine."""

import numpy as np
import torch
from torch import nn

from features.engines.base import DTYPES, FromBytes, precision_at_work, require_precision
from features.preprocessing import Preprocessing


class Compiled:
    """A network compiled for one batch size, its weights frozen into the code on a CPU.

    Compiling takes from some seconds to some minutes, and a C++ compiler.

    Parameters
    ----------
    module
        Maps preprocessed float32 images (n, 3, size, size) to embeddings (n, n_features).
    preprocessing
        Its normalisation, compiled with it.
    precision
        ``"fp32"``, ``"bf16"`` or ``"fp16"``.
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

    name = "compile"

    def __init__(
        self,
        module: nn.Module,
        preprocessing: Preprocessing,
        *,
        precision: str,
        device: torch.device,
        batch_size: int,  # noqa: ARG002 - compiled for the shape of the first batch
    ) -> None:
        network = FromBytes(module, preprocessing).to(device)
        network = network.to(memory_format=torch.channels_last)
        self._dtype = DTYPES[precision]
        self._device = device
        with torch.no_grad(), self._autocast():
            self.precision = precision_at_work(network, device)
        require_precision(self.name, precision, self.precision)
        # On a CPU, inductor makes constants of the weights only if it is told to.
        self._network = torch.compile(
            network, dynamic=False, options={"freezing": device.type == "cpu"}
        )

    def __call__(self, images: torch.Tensor) -> np.ndarray:
        """Return embeddings of resized images, as :class:`~features.engines.base.Engine` says."""
        # Under inference_mode inductor would not make constants of the weights.
        with torch.no_grad(), self._autocast():
            embeddings = self._network(images.to(self._device, non_blocking=True))
        array: np.ndarray = embeddings.float().cpu().numpy()
        return array

    def _autocast(self) -> torch.autocast:
        half = self._dtype is not torch.float32
        return torch.autocast(
            self._device.type, self._dtype if half else torch.bfloat16, enabled=half
        )
