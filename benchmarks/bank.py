"""Time extraction with an empty bank, with a full one, and with 1 % new images.

Each run is a whole process, from the start of Python to its end. The +1 % run comes after the
cold one on a bank that holds all images but the new ones.

Example: python -m benchmarks.bank --json bank.json
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.invented import ROOT, write_project
from features.weights_info import RANDOM
from radbank.files import read_json, write_json

SEED = 42
MOST = {"warm": 1 / 30, "new": 1 / 12}  # of the cold run: what issue 3 asks for


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        epilog="example: python -m benchmarks.bank --json bank.json",
    )
    parser.add_argument("--backbone", default="resnet50", help="default: %(default)s")
    parser.add_argument("--images", type=int, default=5840, help="default: %(default)s")
    parser.add_argument("--size", type=int, default=224, help="pixels; default: %(default)s")
    parser.add_argument("--views", type=int, default=0, help="augmented; default: %(default)s")
    parser.add_argument("--engine", default="auto", help="default: %(default)s")
    parser.add_argument("--precision", default="auto", help="default: %(default)s")
    parser.add_argument("--json", metavar="PATH", type=Path, help="write the figures here too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), arguments)
    print(report(figures))
    if arguments.json:
        write_json(arguments.json, figures)


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return seconds, and what each run computed, by the name of the run."""
    home = folder / "home"
    new = max(round(arguments.images / 100), 1)
    settings = {"backbone": arguments.backbone, "weights": RANDOM, "seed": SEED}
    features = {
        "engine": arguments.engine,
        "precision": arguments.precision,
        "views": arguments.views,
    }
    for name, images in (("project", arguments.images), ("grown", arguments.images + new)):
        write_project(
            folder / name,
            images=images,
            size=arguments.size,
            settings=settings,
            features=features,
        )
    runs = {
        "cold": extract(folder / "project", home),
        "warm": extract(folder / "project", home),
        "new": extract(folder / "grown", home),
    }
    for name, ratio in MOST.items():
        runs[name] |= {"of_cold": runs[name]["seconds"] / runs["cold"]["seconds"], "most": ratio}
    asked = {name: value for name, value in vars(arguments).items() if name != "json"}
    return {**asked, "new_images": new, "runs": runs}


def extract(project: Path, home: Path) -> dict[str, Any]:
    """Run the stage as a user's shell would, and return its seconds and counts."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pipeline.extract"],
        cwd=project,
        env={**os.environ, "RADBANK_HOME": str(home), "PYTHONPATH": str(ROOT)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    seconds = time.perf_counter() - started
    counts = read_json(project / "metrics/cost/extract.json")["bank"]
    return {"seconds": seconds, "computed": counts["computed"], "reused": counts["reused"]}


def report(figures: dict[str, Any]) -> str:
    """Return the figures as a table."""
    images = f"{figures['images']:,} images of {figures['size']} pixels"
    computed_by = f"{figures['engine']}, {figures['precision']}"
    lines = [
        f"{figures['backbone']}, {images} in {1 + figures['views']} views, {computed_by}",
        f"{'run':<8}{'seconds':>9}{'computed':>10}{'reused':>9}{'of cold':>10}{'at most':>9}",
    ]
    for name, run in figures["runs"].items():
        label = "+1 %" if name == "new" else name
        line = f"{label:<8}{run['seconds']:>9.2f}{run['computed']:>10,}{run['reused']:>9,}"
        if "of_cold" in run:
            share, most = f"1/{1 / run['of_cold']:.1f}", f"1/{1 / run['most']:.0f}"
            line += f"{share:>10}{most:>9}"
        lines.append(line)
    return "\n".join(lines)


if __name__ == "__main__":
    main()
