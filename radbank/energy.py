"""Energy that a chip has used, where it has a counter that this process may read."""

import ctypes
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

POWERCAP = Path("/sys/class/powercap")


class EnergyCounter(Protocol):
    """A counter of energy.

    Attributes
    ----------
    name
        Of the counter.
    """

    name: str

    def joules(self) -> float:
        """Return the energy used since some time in the past."""
        ...


def energy_counter(device: str, powercap: Path = POWERCAP) -> EnergyCounter | None:
    """Return the counter of a device; None without one, or where it cannot be read.

    Parameters
    ----------
    device
        ``"cpu"``: all packages (sockets) of the machine, by Intel's and AMD's RAPL; on many systems
        only root may read it. ``"cuda"``: the first GPU, by NVML, from Volta on.
    powercap
        Where Linux shows RAPL.
    """
    return _nvml() if device == "cuda" else _rapl(powercap)


class Rapl:
    """The packages of the machine, as Linux shows them (Documentation/power/powercap).

    Parameters
    ----------
    zones
        Folders of the packages.
    """

    name = "RAPL"

    def __init__(self, zones: Sequence[Path]) -> None:
        self._zones = zones
        self._ranges = [int(_text(zone / "max_energy_range_uj")) for zone in zones]
        self._last = self._read()
        self._total = 0

    def joules(self) -> float:
        """Return the energy used since this object was made; counters may have wrapped once."""
        now = self._read()
        for before, after, whole in zip(self._last, now, self._ranges, strict=True):
            self._total += after - before + (whole if after < before else 0)
        self._last = now
        return self._total / 1e6

    def _read(self) -> list[int]:
        return [int(_text(zone / "energy_uj")) for zone in self._zones]


class Nvml:
    """A GPU, asked through the library that comes with NVIDIA's driver.

    Parameters
    ----------
    library, handle
        NVML, and the GPU in it.
    """

    name = "NVML"

    def __init__(self, library: ctypes.CDLL, handle: ctypes.c_void_p) -> None:
        self._library = library
        self._handle = handle

    def joules(self) -> float:
        """Return the energy used since the driver was loaded."""
        millijoules = ctypes.c_ulonglong()
        call = self._library.nvmlDeviceGetTotalEnergyConsumption
        if call(self._handle, ctypes.byref(millijoules)):
            raise OSError("NVML does not count energy")
        return millijoules.value / 1e3


def _rapl(powercap: Path) -> Rapl | None:
    try:
        zones = [
            zone
            for zone in sorted(powercap.iterdir())
            if re.fullmatch(r"intel-rapl:\d+", zone.name)
            and _text(zone / "name").startswith("package")
        ]
        return Rapl(zones) if zones else None
    except (OSError, ValueError):
        return None


def _nvml() -> Nvml | None:
    import torch  # noqa: PLC0415 - takes seconds, and is there already when it runs on a GPU

    handle = ctypes.c_void_p()
    try:
        library = ctypes.CDLL("libnvidia-ml.so.1")
        uuid = f"GPU-{torch.cuda.get_device_properties(0).uuid}".encode()
        if library.nvmlInit_v2() or library.nvmlDeviceGetHandleByUUID(uuid, ctypes.byref(handle)):
            return None
        counter = Nvml(library, handle)
        counter.joules()
    except (OSError, AttributeError, RuntimeError):
        return None
    return counter


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()
