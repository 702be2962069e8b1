"""Number formats of training: float32, or bfloat16 by autocast."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import torch

from features.engines.chip import bf16_is_faster

AUTO = "auto"
PRECISIONS = ("fp32", "bf16")


@dataclass(frozen=True)
class Precision:
    """In which numbers a network is trained.

    Weights, their gradients, the optimiser and the loss are float32 always. With bf16 the
    convolutions and products of forward and backward pass take and give bfloat16 (autocast).

    Attributes
    ----------
    name
        ``"fp32"`` or ``"bf16"``.
    device
        Kind of device, ``"cpu"`` or ``"cuda"``.
    reason
        Why this one, in words.
    """

    name: str
    device: str
    reason: str

    @classmethod
    def of(cls, setting: str, device: torch.device) -> Self:
        """Resolve ``finetune.precision`` for a device.

        Parameters
        ----------
        setting
            ``"auto"``: bf16 where the device computes faster in it (NVIDIA from Ampere on, CPUs
            with Intel's AMX or AMD's AVX-512 BF16), otherwise fp32. Or ``"fp32"`` or ``"bf16"``
            by name; a device without bf16 computes it correctly and slowly.
        device
            Where the network is trained.

        Raises
        ------
        ValueError
            If the setting is none of these.
        """
        if setting not in {AUTO, *PRECISIONS}:
            raise ValueError(f"there is no precision {setting!r}")
        if setting != AUTO:
            return cls(setting, device.type, "as asked")
        if device.type == "cuda":
            faster = torch.cuda.is_bf16_supported(including_emulation=False)
        else:
            faster = bf16_is_faster()
        chip = "GPU" if device.type == "cuda" else "CPU"
        if faster:
            return cls("bf16", device.type, f"the {chip} is faster in bf16")
        return cls("fp32", device.type, f"nothing says that the {chip} is faster in bf16")

    def autocast(self) -> torch.autocast:
        """Return the context of a forward pass; the loss and the backward pass go outside."""
        return torch.autocast(self.device, torch.bfloat16, enabled=self.name == "bf16")

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


@contextmanager
def exact_fp32() -> Iterator[None]:
    """Compute float32 in float32 and, on a GPU, in one order: no TF32, deterministic kernels.

    PyTorch's own default is TF32, of 10 bits instead of 23, in the convolutions of cuDNN. Settings
    are put back on leaving.
    """
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        with torch.backends.cudnn.flags(
            enabled=True, benchmark=False, deterministic=True, allow_tf32=False
        ):
            yield
    finally:
        torch.set_float32_matmul_precision(before)
