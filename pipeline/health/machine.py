"""Check the hardware: device, cores, memory and disk."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import torch

from features.embedder import device
from pipeline.health.check import Check, ok, warn

GIB = 2**30
LITTLE_MEMORY = 4 * GIB  # the demo peaks below it
LITTLE_DISK = 5 * GIB  # room for the outputs and DVC's cache of a small study
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def check_machine() -> Iterator[Check]:
    """Look at the device, the cores, the memory and the free disk space."""
    if device().type == "cuda":
        total = torch.cuda.get_device_properties(0).total_memory
        yield ok("device", f"cuda: {torch.cuda.get_device_name(0)}, {total / GIB:.0f} GiB")
    else:
        yield ok("device", "cpu (no CUDA device is visible to torch)")
    yield ok("cores", f"{_cores()} usable, of which torch uses {torch.get_num_threads()}")
    yield _memory()
    free = shutil.disk_usage(Path.cwd()).free
    amount = f"{free / GIB:.0f} GiB free here"
    if free < LITTLE_DISK:
        yield warn("disk", f"{amount}, which may not do: free some, or run `dvc gc --workspace`")
    else:
        yield ok("disk", amount)


def _cores() -> int:
    """Return how many cores this process may use, where the system says so."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory() -> Check:
    if "SC_PHYS_PAGES" not in os.sysconf_names:
        return warn("memory", "this system does not say how much there is")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    # a container's own limit
    if CGROUP_LIMIT.is_file() and (limit := CGROUP_LIMIT.read_text().strip()).isdigit():
        memory = min(memory, int(limit))
    amount = f"{memory / GIB:.1f} GiB"
    if memory < LITTLE_MEMORY:
        return warn(
            "memory", f"{amount}, which may not do: lower features.batch_size in params.yaml"
        )
    return ok("memory", amount)
