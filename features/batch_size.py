"""How many images a forward pass takes, and whether that matters."""

from typing import Literal

BatchSize = int | Literal["auto"]

# Images, where the size is not found. On two cores all engines are as quick from 4 images on.
FIXED = {"cpu": 16, "cuda": 128}


def deciding(batch_size: BatchSize, *, engine: str, device: str) -> int | None:
    """Return the batch size if embeddings depend on it in their last bits, otherwise None.

    PyTorch chooses other routines for other shapes, so ``"auto"`` is a fixed size for it. With
    OpenVINO all sizes gave the same bytes with every network tried: there the size is free.

    Parameters
    ----------
    batch_size
        As params.yaml has it.
    engine
        The one chosen.
    device
        ``"cpu"`` or ``"cuda"``.
    """
    if engine == "openvino":
        return None
    return FIXED[device] if batch_size == "auto" else batch_size
