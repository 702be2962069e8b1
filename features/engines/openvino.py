"""The engine ``openvino``: the network as Intel's OpenVINO runs it on a CPU.

An image's embedding has the same bytes whatever the batch size, the neighbours and the number of
threads (``tests/features/engines/test_bytes.py``).
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from features.engines.base import FromBytes, require_precision
from features.engines.toolchain import load_openvino
from features.preprocessing import Preprocessing
from radbank.errors import RadbankError

_TYPES = {"fp32": "f32", "bf16": "bf16"}  # OpenVINO's names
_PRODUCTS = {"Convolution", "FullyConnected", "MatMul"}


class OpenVINO:
    """A network converted to OpenVINO, its normalisation included, for one batch size.

    Parameters
    ----------
    module
        Maps preprocessed float32 images (n, 3, size, size) to embeddings (n, n_features).
    preprocessing
        Its normalisation, converted with it.
    precision
        ``"fp32"`` or ``"bf16"``.
    device
        A CPU.
    batch_size
        Images in a forward pass.

    Attributes
    ----------
    precision
        The one that the network works in.

    Raises
    ------
    RadbankError
        If OpenVINO cannot run the network in the precision asked.
    """

    name = "openvino"

    def __init__(
        self,
        module: nn.Module,
        preprocessing: Preprocessing,
        *,
        precision: str,
        device: torch.device,  # noqa: ARG002 - a CPU: features.engines.choice refuses others
        batch_size: int,
    ) -> None:
        side = preprocessing.input_size
        network = FromBytes(module, preprocessing).cpu().eval()
        images = torch.zeros(batch_size, 1, side, side, dtype=torch.uint8)
        options = {
            "INFERENCE_PRECISION_HINT": _TYPES[precision],
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),  # on a Dask worker: its share
            "ENABLE_CPU_PINNING": False,  # two processes would be pinned to the same cores
        }
        runtime = load_openvino()
        try:
            with torch.no_grad():
                model = runtime.convert_model(torch.export.export(network, (images,)))
            compiled = runtime.Core().compile_model(model, "CPU", options)
        except Exception as error:  # unsupported operations raise errors of many classes
            raise RadbankError(
                f"OpenVINO cannot run this network ({_last_line(error)}): set features.engine to "
                "eager."
            ) from error
        self.precision = _precision_of(compiled.get_runtime_model())
        require_precision(self.name, precision, self.precision)
        self._request = compiled.create_infer_request()

    def __call__(self, images: torch.Tensor) -> np.ndarray:
        """Return embeddings of resized images, as :class:`~features.engines.base.Engine` says."""
        self._request.infer([images.numpy()], share_inputs=True)
        embeddings: np.ndarray = self._request.get_output_tensor().data.copy()
        return embeddings


def _precision_of(model: Any) -> str:  # noqa: ANN401 - openvino.Model, imported late
    """Return the precision in which convolutions and products are executed.

    The compiled model's own property repeats what was asked, also where the chip cannot do it.
    """
    facts = [operation.get_rt_info() for operation in model.get_ops()]
    found = {
        fact["runtimePrecision"].astype(str)
        for fact in facts
        if fact["layerType"].astype(str) in _PRODUCTS
    }
    return next((name for name, its in _TYPES.items() if its in found and name != "fp32"), "fp32")


def _last_line(error: Exception) -> str:
    """Return the line of an error of OpenVINO or torch.export that names the cause."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
