"""Tune the allocator of the C library, and read peak memory of process and GPU."""

import ctypes
import platform
import resource
import sys
from pathlib import Path

# malloc.h of the GNU C library
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_KEEP = 2**30  # bytes; more than any activation of the networks here


def keep_large_blocks() -> bool:
    """Make the C library keep freed large blocks for reuse, not return them to the system.

    By default the GNU C library maps blocks above some megabytes anew for each request and
    returns them at once, so that a network on a CPU pays page faults for every layer's
    activations. Peak memory stays what it was; it is only held until the process ends. Threads
    other than the first would have arenas of their own, which keep no large block whatever the
    thresholds are, so all share one: to be called before such threads allocate.

    Returns
    -------
    bool
        Whether it took effect; False where the C library is another one.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    settings = {_M_MMAP_THRESHOLD: _KEEP, _M_TRIM_THRESHOLD: _KEEP, _M_ARENA_MAX: 1}
    return all(mallopt(parameter, value) for parameter, value in settings.items())


def peak_memory() -> int:
    """Return the largest resident size that this process has had, in bytes.

    On Linux it is read from the process's own account (proc(5), VmHWM), because getrusage(2)
    counts the program in which the process began as well.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text(encoding="utf-8").splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage if sys.platform == "darwin" else 1024 * usage


def peak_device_memory(device: str) -> int | None:
    """Return the most bytes that PyTorch has held on the GPU; None without one, or unused."""
    if device != "cuda" or "torch" not in sys.modules:
        return None
    import torch  # noqa: PLC0415 - takes seconds, and is here already where it has run

    return int(torch.cuda.max_memory_allocated())
