"""Extract on two Dask workers of one thread each, and in one process of two threads, by turns.

Both embed the same cohort, made by perturbing images of the demo, into banks of their own. The
rates compared are those of embedding, as the bank notes them, for what comes before is the same
however large the cohort; the seconds of the whole stage stand beside them. Workers are started
anew for each round, so that each loads the network. The first round only warms caches up.

Example: python -m benchmarks.cluster --json cluster.json
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

from benchmarks.perturbed import ROOT, write_project
from radbank.files import read_json, write_json

WANTED = 0.9
BANK = "home/bank"


def extract(folder: Path) -> tuple[float, float]:
    """Run the stage in a folder with an empty bank; return images a second, and all seconds."""
    shutil.rmtree(folder / BANK, ignore_errors=True)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "RADBANK_HOME": str(folder / "home"),
        "RADBANK_BANK": str(folder / BANK),
        "OMP_NUM_THREADS": "2",
    }
    subprocess.run(
        [sys.executable, "-m", "pipeline.extract"], cwd=folder, env=environment, check=True
    )
    (noted,) = (folder / BANK).glob("*/rate.json")
    stretch = read_json(noted)
    seconds = read_json(folder / "metrics/cost/extract.json")["seconds"]
    return stretch["embeddings"] / stretch["seconds"], seconds


def files(folder: Path) -> dict[str, bytes]:
    """Return the feature store's files."""
    stores = folder / "data/features"
    return {
        str(path.relative_to(stores)): path.read_bytes()
        for path in stores.rglob("*")
        if path.is_file()
    }


def main() -> None:
    """Measure by turns; print the rates and their ratio, and write JSON where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=2_560, help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    options = parser.parse_args()
    rates: dict[str, list[float]] = {"one process": [], "two workers": []}
    stages: dict[str, list[float]] = {"one process": [], "two workers": []}
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as two,
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        folders = {"one process": Path(one), "two workers": Path(two)}
        for name, folder in folders.items():
            scheduler = cluster.scheduler_address if name == "two workers" else None
            changes = {"features": {"views": 0}, "cluster": {"scheduler": scheduler}}
            write_project(folder, options.images, changes=changes)
        for turn in range(1 + options.rounds):
            for name, folder in folders.items():
                rate, seconds = extract(folder)
                if turn:
                    rates[name].append(rate)
                    stages[name].append(seconds)
            client.restart()
        same = files(folders["one process"]) == files(folders["two workers"])
    medians = {name: statistics.median(values) for name, values in rates.items()}
    ratio = medians["two workers"] / medians["one process"]
    for name, values in rates.items():
        spread = ", ".join(f"{value:.1f}" for value in values)
        whole = statistics.median(stages[name])
        print(f"{name:<12}{medians[name]:>8.1f} images/s ({spread}), {whole:.1f} s in all")
    print(f"two workers / one process: {ratio:.3f} (at least {WANTED})")
    print(f"feature stores are {'the same bytes' if same else 'DIFFERENT'}")
    if options.json:
        found = {
            "images": options.images,
            "images_per_second": rates,
            "stage_seconds": stages,
            "ratio": ratio,
            "same_bytes": same,
        }
        write_json(options.json, found)


if __name__ == "__main__":
    main()
