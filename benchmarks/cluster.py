"""Extract on two Dask workers of one thread each, and in one process of two threads, by turns.

Both embed the same cohort, made by perturbing images of the demo, into banks of their own.
Compared are the whole stage, and embedding alone, as the bank notes its rate. Workers are started
anew for each round, so that each imports libraries and loads the network within the stage's time:
seconds that do not grow with the cohort. A first round, of few images, only warms caches up.

Example: python -m benchmarks.cluster --backbone resnet50 --images 5840 --rounds 1
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from distributed import Client, LocalCluster

from benchmarks.kills import files
from benchmarks.perturbed import ROOT, write_project
from radbank.files import read_json, write_json

WANTED = 0.9
ONE, TWO = "one process", "two workers"
FEW = 64  # images of the round before the first
ENVIRONMENT = os.environ.copy()  # starting workers sets numbers of threads in that of this process
BANK = "home/bank"


def extract(folder: Path) -> tuple[float, float]:
    """Run the stage in a folder with an empty bank; return images a second, and all seconds."""
    shutil.rmtree(folder / BANK, ignore_errors=True)
    environment = ENVIRONMENT | {
        "PYTHONPATH": str(ROOT),
        "RADBANK_HOME": str(folder / "home"),
        "RADBANK_BANK": str(folder / BANK),
        "OMP_NUM_THREADS": "2",
    }
    subprocess.run(
        [sys.executable, "-m", "pipeline.extract"], cwd=folder, env=environment, check=True
    )
    (noted,) = (folder / BANK).glob("*/rate.json")
    runs = read_json(noted).values()
    embeddings, embedding = (sum(run[key] for run in runs) for key in ("embeddings", "seconds"))
    cost = read_json(folder / "metrics/cost/extract.json")
    views = cost["inference"]["seconds"] + cost["augmented"]["seconds"]
    return embeddings / embedding, views + cost["other_seconds"]


def write_projects(folder: Path, n_images: int, backbone: str, scheduler: str) -> dict[str, Path]:
    """Write the project of each contender into a folder of its own."""
    projects = {ONE: folder / "one", TWO: folder / "two"}
    for name, its in projects.items():
        changes = {
            "backbone": backbone,
            "weights": "random",
            "features": {"views": 0},
            "cluster": {"scheduler": scheduler if name == TWO else None},
        }
        its.mkdir(parents=True)
        write_project(its, n_images, changes=changes)
    return projects


def main() -> None:
    """Measure by turns; print rates and ratios, and write JSON where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backbone", default="resnet50", help="default: %(default)s")
    parser.add_argument("--images", type=int, default=5_840, help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    options = parser.parse_args()
    rates: dict[str, list[float]] = {ONE: [], TWO: []}
    stages: dict[str, list[float]] = {ONE: [], TWO: []}
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        of = (options.backbone, cluster.scheduler_address)
        for project in write_projects(Path(folder, "few"), FEW, *of).values():
            extract(project)
        projects = write_projects(Path(folder, "all"), options.images, *of)
        for _ in range(options.rounds):
            client.restart()
            for name, project in projects.items():
                rate, seconds = extract(project)
                rates[name].append(rate)
                stages[name].append(seconds)
        one, two = (files(project, options.backbone) for project in projects.values())
    print(f"{options.backbone}, random weights; {options.images:,} perturbed images of the demo")
    for name, its in rates.items():
        its_rates = ", ".join(f"{rate:.1f}" for rate in its)
        its_stages = ", ".join(f"{seconds:.1f}" for seconds in stages[name])
        print(f"{name:<12}embedding {its_rates} images/s; the stage {its_stages} s")
    embedding = statistics.median(rates[TWO]) / statistics.median(rates[ONE])
    stage = statistics.median(stages[ONE]) / statistics.median(stages[TWO])
    print(
        f"two workers / one process: embedding {embedding:.3f}, the stage {stage:.3f} "
        f"(at least {WANTED})"
    )
    print(f"feature stores are {'the same bytes' if one == two else 'DIFFERENT'}")
    if options.json:
        found = {
            "backbone": options.backbone,
            "weights": "random",
            "data": "synthetic",
            "images": options.images,
            "images_per_second": rates,
            "stage_seconds": stages,
            "ratio_of_embedding": embedding,
            "ratio_of_stage": stage,
            "same_bytes": one == two,
        }
        write_json(options.json, found)


if __name__ == "__main__":
    main()
