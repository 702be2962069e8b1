"""Time `dvc repro` on the demo cohort from nothing, and the memory of its processes.

Example: python -m benchmarks.pipeline
"""

import re
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
STAGE = re.compile(r"Running stage '([^']+)'")


def watch_memory(process: subprocess.Popen[str], peak: list[int]) -> None:
    """Keep the highest resident size of a process and its descendants, in bytes, in `peak`."""
    root = psutil.Process(process.pid)
    while process.poll() is None:
        total = 0
        with suppress(psutil.NoSuchProcess):  # it has just ended
            for one in (root, *root.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    total += one.memory_info().rss
        peak[0] = max(peak[0], total)
        time.sleep(0.2)


def main() -> None:
    """Clone HEAD into a temporary folder, run the pipeline there, print seconds and memory."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), folder], check=True)
        started = time.perf_counter()
        process = subprocess.Popen(
            ["dvc", "repro"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        peak = [0]
        watcher = threading.Thread(target=watch_memory, args=(process, peak))
        watcher.start()
        assert process.stdout is not None
        stages = [
            (found[1], time.perf_counter())
            for line in process.stdout
            if (found := STAGE.search(line))
        ]
        code = process.wait()
        ended = time.perf_counter()
        watcher.join()
    ends = [start for _, start in stages[1:]] + [ended]
    for (stage, start), end in zip(stages, ends, strict=True):
        print(f"{stage:<28}{end - start:8.1f} s")
    print(f"{'dvc repro':<28}{ended - started:8.1f} s, exit code {code}")
    print(f"{'peak resident memory':<28}{peak[0] / 2**30:8.2f} GiB (all processes together)")
    sys.exit(code)


if __name__ == "__main__":
    main()
