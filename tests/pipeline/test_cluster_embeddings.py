"""Extraction on a Dask cluster of two worker processes, against one process without Dask."""

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from pipeline import cluster_embeddings, extract
from pipeline.cases import write_cases
from pipeline.cluster_embeddings import _agreed
from pipeline.imaging.store import write_images
from pipeline.paths import CASES, IMAGES, SPLITS
from radbank.errors import RadbankError

distributed = pytest.importorskip("distributed", reason="Dask's cluster part is optional")

ROOT = Path(__file__).resolve().parents[2]
BACKBONE = "squeezenet1_1"
STORE = Path(f"data/features/{BACKBONE}.zarr")
N = 36
BLOCK = 6  # image views
BLOCKS = 2 * N // BLOCK

# what a worker process does on top: it writes down who kept which block
WATCHED = """
import os, signal
from pathlib import Path
from features.bank.shelf import Shelf

def watch(keep):
    def put(self, keys, embeddings):
        if {deadly!r} in keys:
            os.kill(os.getpid(), signal.SIGKILL)
        keep(self, keys, embeddings)
        with Path({log!r}).open("a") as log:
            log.write(f"{{os.getpid()}} {{self.block_of(keys[0])}}\\n")
    return put

def dask_setup(worker):
    Shelf.put = watch(Shelf.put)
"""


def write_params(scheduler=None, **changes):
    yaml = YAML()
    content = yaml.load(ROOT / "params.yaml")
    features = content["features"] | {"batch_size": 3, "views": 1}
    settings = {"backbone": BACKBONE, "weights": "random", "cluster": {"scheduler": scheduler}}
    yaml.dump(content | {"features": features} | settings | changes, Path("params.yaml"))


def pixels():
    return np.random.default_rng(0).integers(0, 256, (N, 64, 64), dtype=np.uint8)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Make a folder with prepared images the current one, with a bank and blocks of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("RADBANK_BANK", str(tmp_path / "bank"))
    monkeypatch.setattr(cluster_embeddings, "SIZE", BLOCK)
    ids = [f"image-{i:03d}" for i in range(N)]
    cases = pd.DataFrame(
        {
            "id": ids,
            "group": [f"patient-{i // 2}" for i in range(N)],
            "path": [f"{name}.dcm" for name in ids],
            "label": [i % 2 for i in range(N)],
            "height": 64,
            "width": 64,
            "sha256": "0" * 64,
            "synthetic": True,
        }
    )
    write_cases(CASES, cases, ("Normal", "Opacity"))
    write_images(IMAGES, ids, iter(pixels()), 64, True)
    cases[["id", "group"]].assign(split="train", fold=0).to_csv(SPLITS, index=False)
    return folder


class Watched:
    """Two worker processes that write down which blocks they keep."""

    def __init__(self, folder, deadly=None):
        self.log = folder / "kept.txt"
        preload = folder / "watched.py"
        preload.write_text(WATCHED.format(log=str(self.log), deadly=deadly))
        self.cluster = distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            local_directory=str(folder / "dask"),
            preload=[str(preload)],
        )

    @property
    def kept(self):
        """Return the worker's process and the block's name, one pair a block kept."""
        if not self.log.exists():
            return []
        return [line.split() for line in self.log.read_text().splitlines()]


@pytest.fixture
def watched(tmp_path):
    workers = Watched(tmp_path)
    with workers.cluster:
        yield workers


def contents():
    return {
        str(file): file.read_bytes() for file in sorted(STORE.rglob("*")) if file.is_file()
    }


def alone(tmp_path, monkeypatch):
    """Return the store's bytes after a run in this process, with another bank."""
    monkeypatch.setenv("RADBANK_BANK", str(tmp_path / "bank of one"))
    write_params()
    extract.main()
    return contents()


def test_two_workers_give_the_bytes_of_one_process(project, watched, tmp_path, monkeypatch):
    write_params(watched.cluster.scheduler_address)
    extract.main()
    together = contents()
    assert len(watched.kept) == BLOCKS
    assert len({worker for worker, _ in watched.kept}) == 2
    extract.main()  # all is in the bank
    assert len(watched.kept) == BLOCKS
    assert together == contents() == alone(tmp_path, monkeypatch)


def kill_one(watched):
    """Kill the worker that was the second to keep a block, while it is at another."""
    while len(watched.kept) < 3:
        time.sleep(0.01)
    os.kill(int(watched.kept[1][0]), signal.SIGKILL)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_killed_worker_costs_one_block(project, watched, tmp_path, monkeypatch):
    write_params(watched.cluster.scheduler_address)
    killer = threading.Thread(target=kill_one, args=(watched,))
    killer.start()
    extract.main()
    killer.join()
    together = contents()
    blocks = [block for _, block in watched.kept]
    assert len(set(blocks)) == BLOCKS
    assert len(blocks) <= BLOCKS + 1
    assert together == alone(tmp_path, monkeypatch)
