import os
import platform
import subprocess
import sys

import pytest

from radbank.memory import keep_large_blocks

PROGRAM = """
import resource, sys
from threading import Thread
import numpy as np
from radbank.memory import keep_large_blocks
if sys.argv[1] == "kept":
    assert keep_large_blocks()
def work():
    for _ in range(20):
        np.ones(2**23)  # 64 MiB, for which the arena of another thread has no room
if sys.argv[2] == "thread":
    thread = Thread(target=work)
    thread.start()
    thread.join()
else:
    work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""


def faults(how, where):
    # small pages, so that each block costs thousands of faults however the machine is set up
    environment = {**os.environ, "NUMPY_MADVISE_HUGEPAGE": "0"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how, where],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library has mallopt")
@pytest.mark.parametrize("where", ["main", "thread"])
def test_a_freed_block_is_used_again_without_page_faults(where):
    assert faults("kept", where) < 0.5 * faults("default", where)


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    assert keep_large_blocks() is False
