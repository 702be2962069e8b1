"""Extract a cohort of RSNA's size and one of a tenth of it: images a second, and peak memory.

The images are made by perturbing those of the demo, in a temporary folder that needs 3 GB; the
network is the packaged one. Memory is that of the stage's process and all its descendants.

Example: python -m benchmarks.scale --json scale.json
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.perturbed import ROOT, write_project
from benchmarks.pipeline import watch_memory
from radbank.files import read_json, write_json

RSNA = 26_684  # images of the RSNA Pneumonia Detection Challenge, stage 2
TENTH = 10
ALLOWED = 1.15  # peak memory at full size against a tenth


def extract(folder: Path) -> dict[str, Any]:
    """Run the stage in a folder, with a bank of its own; return what it took."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "RADBANK_HOME": str(folder / "home")}
    environment.pop("RADBANK_BANK", None)
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.extract"], cwd=folder, env=environment, text=True
    )
    peak = [0]
    watcher = threading.Thread(target=watch_memory, args=(process, peak))
    watcher.start()
    code = process.wait()
    seconds = time.perf_counter() - began
    watcher.join()
    if code:
        sys.exit(code)
    images = read_json(folder / "metrics/cost/extract.json")["inference"]["images"]
    return {
        "images": images,
        "seconds": seconds,
        "images_per_second": images / seconds,
        "peak_bytes": peak[0],
    }


def main() -> None:
    """Measure both sizes; print them, and write JSON where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=RSNA, help="default: %(default)s")
    parser.add_argument("--backbone", default="efficientnet_lite0", help="default: %(default)s")
    parser.add_argument("--weights", default="imagenet", help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    options = parser.parse_args()
    changes = {
        "backbone": options.backbone,
        "weights": options.weights,
        "features": {"views": 0},
    }
    runs = []
    for n_images in (options.images // TENTH, options.images):
        with tempfile.TemporaryDirectory() as folder:
            write_project(Path(folder), n_images, changes=changes)
            runs.append(extract(Path(folder)))
    small, full = runs
    ratio = full["peak_bytes"] / small["peak_bytes"]
    for run in runs:
        print(
            f"{run['images']:>7,} images{run['seconds']:>9.1f} s"
            f"{run['images_per_second']:>9.1f} images/s{run['peak_bytes'] / 2**20:>9,.0f} MiB"
        )
    print(f"peak memory, full size / a tenth: {ratio:.3f} (at most {ALLOWED})")
    if options.json:
        found = {"backbone": options.backbone, "runs": runs, "memory_ratio": ratio}
        write_json(options.json, found)


if __name__ == "__main__":
    main()
