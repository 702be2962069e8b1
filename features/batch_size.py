"""The batch size of a forward pass, and whether it is part of the cache key."""

from typing import Literal

BatchSize = int | Literal["auto"]

#: What ``"auto"`` stands for. On a CPU all engines are as fast from 4 images on.
AUTO = {"cpu": 16, "cuda": 128}


def resolve_batch_size(batch_size: BatchSize, device: str) -> int:
    """Return the number of images in a forward pass, on ``"cpu"`` or ``"cuda"``."""
    return AUTO[device] if batch_size == "auto" else batch_size


def batch_size_in_key(batch_size: BatchSize, *, engine: str, device: str) -> int | None:
    """Return the batch size as the cache key has it; None where embeddings do not depend on it.

    PyTorch chooses other routines for other shapes, which round differently. With OpenVINO all
    sizes gave the same bytes with every network tried.

    Parameters
    ----------
    batch_size
        As params.yaml has it.
    engine
        The one chosen.
    device
        ``"cpu"`` or ``"cuda"``.
    """
    return None if engine == "openvino" else resolve_batch_size(batch_size, device)
