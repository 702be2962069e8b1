"""One of Zarr's operations fails while others are under way."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from features.store.store import StoreCoords, write_store
from radbank.errors import RadbankError

TAKES = 0.2  # seconds that a slow operation takes

TWO_FAILURES = """
import asyncio
import sys
import time
from zarr.core.sync import sync
from features.store.settled import settled

def fail(after):
    time.sleep(after)
    raise OSError(f"failed after {after} s")

async def both():
    await asyncio.gather(asyncio.to_thread(fail, 0), asyncio.to_thread(fail, 0.3))

try:
    with settled():
        sync(both())
except OSError as error:
    print(error, file=sys.stderr)
"""


def test_a_store_that_failed_is_not_made_anew_by_a_write_that_comes_late(tmp_path, monkeypatch):
    """The metadata of an array, which fail, and those of the group around it go at once."""
    make, replace = os.mkdir, os.replace

    def make_late(path, *options):
        if Path(path).is_dir():  # the group, of whose metadata Zarr makes sure with each array
            time.sleep(TAKES)
        make(path, *options)

    def replace_or_fail(source, target):
        if Path(target).parent.name == "label":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        replace(source, target)

    monkeypatch.setattr(os, "mkdir", make_late)
    monkeypatch.setattr(os, "replace", replace_or_fail)
    with pytest.raises(RadbankError, match="no room for"):
        write_store(
            tmp_path / "a.zarr",
            [np.ones((1, 1, 1), dtype=np.float32)],
            n_images=1,
            n_views=1,
            layer_of_feature=["penultimate"],
            coords=StoreCoords(id=["a"], group=["a"], label=[0], split=["train"]),
            attributes={},
        )
    time.sleep(2 * TAKES)
    assert list(tmp_path.iterdir()) == []


def test_errors_of_later_operations_are_not_printed_when_the_process_ends():
    ended = subprocess.run(
        [sys.executable, "-c", TWO_FAILURES], capture_output=True, text=True, check=True
    )
    assert ended.stderr == "failed after 0 s\n"
