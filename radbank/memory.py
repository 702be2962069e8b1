"""How the C library hands out memory."""

import ctypes
import platform

# malloc.h of the GNU C library
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_KEEP = 2**30  # bytes; more than any activation of the networks here


def keep_large_blocks() -> bool:
    """Let the process keep the large blocks that it frees, for the next of their size.

    By default the GNU C library maps blocks above some megabytes anew for each request and
    returns them at once, so that a network on a CPU pays page faults for every layer's
    activations. Peak memory stays what it was; it is only held until the process ends.

    Returns
    -------
    bool
        Whether it took effect; False where the C library is another one.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return bool(mallopt(_M_MMAP_THRESHOLD, _KEEP) and mallopt(_M_TRIM_THRESHOLD, _KEEP))
