"""The device that networks run on: CPU or CUDA."""

import sys
from pathlib import Path

# Device files of the drivers of NVIDIA (also under WSL and on Jetson) and AMD.
_DRIVERS = ("nvidiactl", "nvmap", "dxg", "kfd")


def device_type(devices: Path = Path("/dev")) -> str:
    """Return ``"cuda"`` where torch has a CUDA (or ROCm) device, otherwise ``"cpu"``.

    On Linux without any driver the answer comes without importing torch, which takes seconds.

    Parameters
    ----------
    devices
        The folder of devices.
    """
    if sys.platform == "linux" and not any((devices / name).exists() for name in _DRIVERS):
        return "cpu"
    import torch  # noqa: PLC0415 - see above

    return "cuda" if torch.cuda.is_available() else "cpu"
