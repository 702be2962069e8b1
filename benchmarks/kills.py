"""Kill extraction at random moments, let it resume, and compare what comes out.

An undisturbed run on a bank of its own says what the store must be. Each round then starts on an
empty bank, is killed (SIGKILL) somewhere between its first batch and the writing of the store,
and is run again to its end. The store must be the same byte for byte, and nothing that was
committed may be computed again: what the two runs embedded beyond all image views is what the kill
cost, at most one block of 128.

Example: python -m benchmarks.kills --kills 20
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.invented import ROOT, write_project
from features.bank.bank import Bank
from features.bank.block import SIZE
from features.bank.upkeep import verify
from features.weights_info import RANDOM
from pipeline.paths import feature_store
from radbank.files import sha256_file

_BEYOND = 1.1  # of all image views: one kill in eleven falls into the writing of the store
_DELAY = 0.2  # seconds at most between the batch that a kill waits for and the kill

# the stage, with a line in a log for each batch as soon as the network has embedded it
PROGRAM = """
from features.embedder import Embedder
from pipeline import extract
from pipeline.extraction.embeddings import Embeddings
from pipeline.stage import run

Embeddings.fidelity = 1.0  # measuring it would embed some images besides
embed = Embedder._embed

def logged(self, images):
    embeddings = embed(self, images)
    with open("embedded.log", "a") as log:
        print(len(embeddings), file=log)
    return embeddings

Embedder._embed = logged
run(extract.main)
"""


def main() -> None:
    """Run and print a line a kill; exit with 1 if one cost too much or changed a byte."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        epilog="example: python -m benchmarks.kills --kills 20",
    )
    parser.add_argument("--kills", type=int, default=20, help="default: %(default)s")
    parser.add_argument("--images", type=int, default=600, help="default: %(default)s")
    parser.add_argument("--backbone", default="mobilenet_v3_small", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of the moments; default: %(default)s")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(rounds(Path(folder), arguments))


def rounds(folder: Path, arguments: argparse.Namespace) -> int:
    """Run the rounds; return 0 if all is well."""
    project, bank = folder / "project", folder / "bank"
    write_project(
        project,
        images=arguments.images,
        size=64,
        settings={"backbone": arguments.backbone, "weights": RANDOM},
        features={"views": 1},
    )
    total = 2 * arguments.images
    os.environ |= {"RADBANK_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    start(project, folder / "undisturbed").wait()
    wanted = files(project, arguments.backbone)
    moments = random.Random(arguments.seed)
    worst = changed = 0
    print(f"{total:,} image views in {total / SIZE:.1f} blocks")
    print(f"{'kill':>4}{'embedded':>10}{'in the bank':>13}{'cost':>6}  store", flush=True)
    for kill in range(1, arguments.kills + 1):
        (project / "embedded.log").unlink(missing_ok=True)
        process = start(project, bank)
        moment = moments.uniform(0, _BEYOND) * total
        while process.poll() is None and embedded(project) < min(moment, total):
            time.sleep(0.005)
        time.sleep(moments.uniform(0, _DELAY))
        process.kill()
        process.wait()
        done = embedded(project)
        kept = sum(holding.embeddings for holding in Bank(str(bank)).holdings())
        start(project, bank).wait()
        cost = embedded(project) - total
        same = files(project, arguments.backbone) == wanted
        sound = not any(finding.problem for finding in verify(Bank(str(bank))))
        said = "same" if same else "DIFFERS"
        print(f"{kill:>4}{done:>10,}{kept:>13,}{cost:>6}  {said}", flush=True)
        worst = max(worst, cost)
        changed += not (same and sound)
        shutil.rmtree(bank)
        shutil.rmtree(project / feature_store(arguments.backbone))
    print(f"at most {worst} embeddings computed again (a block is {SIZE}); {changed} stores differ")
    return int(worst > SIZE or changed > 0)


def start(project: Path, bank: Path) -> "subprocess.Popen[bytes]":
    """Start the stage on a bank."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=project,
        env={**os.environ, "RADBANK_BANK": str(bank)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def embedded(project: Path) -> int:
    """Return how many image views went through the network since the log was deleted."""
    log = project / "embedded.log"
    return sum(map(int, log.read_text().split())) if log.exists() else 0


def files(project: Path, backbone: str) -> dict[str, str]:
    """Return the SHA-256 of every file of the store."""
    store = project / feature_store(backbone)
    return {
        str(path.relative_to(store)): sha256_file(path)
        for path in sorted(store.rglob("*"))
        if path.is_file()
    }


if __name__ == "__main__":
    main()
