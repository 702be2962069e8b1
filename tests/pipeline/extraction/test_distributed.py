"""Extraction on a Dask cluster of two worker processes, against one process without Dask."""

import dataclasses
import hashlib
import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from features.computation import Computation
from features.engines.choice import Choice
from features.preprocessing import Preprocessing
from pipeline import extract
from pipeline.artifacts.cases import write_cases
from pipeline.artifacts.images import write_images
from pipeline.extraction import distributed as embeddings_on_cluster
from pipeline.extraction.distributed import ClusterEmbeddings, _agreed
from pipeline.extraction.embeddings import Decision
from pipeline.extraction.worker import Job, look
from pipeline.paths import CASES, IMAGES, SPLITS
from radbank.errors import RadbankError
from radbank.files import sha256_file

distributed = pytest.importorskip("distributed", reason="Dask's cluster part is optional")

ROOT = Path(__file__).resolve().parents[3]
BACKBONE = "squeezenet1_1"
STORE = Path(f"data/features/{BACKBONE}.zarr")
N = 36
BLOCK = 6  # image views
BLOCKS = 2 * N // BLOCK

# what the worker processes do on top: they write down who kept which block, and die of one image
WATCHED = """
import os, signal
from pathlib import Path
from features.bank.cached_embeddings import CachedEmbeddings

folder = Path({folder!r})

def watch(keep):
    def put(self, keys, embeddings):
        if (folder / "deadly").exists() and (folder / "deadly").read_text() in keys:
            os.kill(os.getpid(), signal.SIGKILL)
        keep(self, keys, embeddings)
        with (folder / "kept").open("a") as log:
            log.write(f"{{os.getpid()}} {{self.block_of(keys[0])}}\\n")
    return put

def dask_setup(worker):
    CachedEmbeddings.put = watch(CachedEmbeddings.put)
"""


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """Start two worker processes of one thread each; give them and the folder of their notes."""
    folder = tmp_path_factory.mktemp("dask")
    preload = folder / "watched.py"
    preload.write_text(WATCHED.format(folder=str(folder)))
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=":0",
        local_directory=str(folder),
        preload=[str(preload)],
    ) as cluster:
        yield cluster, folder


@pytest.fixture
def cluster(dask):
    return dask[0]


@pytest.fixture
def watched(dask):
    """Return the folder of what the workers write down and read, with nothing in it."""
    _, folder = dask
    (folder / "kept").write_text("")
    (folder / "deadly").write_text("nothing")
    return folder


def kept(folder):
    """Return the worker's process and the block's name for every block kept."""
    return [line.split() for line in (folder / "kept").read_text().splitlines()]


def write_params(scheduler=None):
    yaml = YAML()
    content = yaml.load(ROOT / "params.yaml")
    # eager bytes depend on the number of threads at some sizes (docs/reference/engines.md)
    features = content["features"] | {"engine": "openvino", "precision": "fp32", "batch_size": 3}
    settings = {"backbone": BACKBONE, "weights": "random", "cluster": {"scheduler": scheduler}}
    yaml.dump(content | {"features": features} | settings, Path("params.yaml"))


def pixels():
    return np.random.default_rng(0).integers(0, 256, (N, 64, 64), dtype=np.uint8)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Make a folder with prepared images the current one, with a bank and blocks of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("RADBANK_BANK", str(tmp_path / "bank"))
    monkeypatch.setattr(embeddings_on_cluster, "SIZE", BLOCK)
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


def contents():
    return {str(file): sha256_file(file) for file in sorted(STORE.rglob("*")) if file.is_file()}


def alone(tmp_path, monkeypatch):
    """Return the store's checksums after a run in this process, with another bank."""
    monkeypatch.setenv("RADBANK_BANK", str(tmp_path / "bank of one"))
    write_params()
    extract.main()
    return contents()


def test_two_workers_give_the_bytes_of_one_process(
    project, cluster, watched, tmp_path, monkeypatch
):
    write_params(cluster.scheduler_address)
    extract.main()
    together = contents()
    assert len(kept(watched)) == BLOCKS
    assert len({worker for worker, _ in kept(watched)}) == 2
    extract.main()  # all is in the bank
    assert len(kept(watched)) == BLOCKS
    assert together == contents() == alone(tmp_path, monkeypatch)


def kill_one(watched):
    """Kill the worker that kept the second block, while it is at another."""
    deadline = time.monotonic() + 120
    while len(kept(watched)) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(int(kept(watched)[1][0]), signal.SIGKILL)


def test_a_killed_worker_costs_one_block(project, cluster, watched, tmp_path, monkeypatch):
    write_params(cluster.scheduler_address)
    killer = threading.Thread(target=kill_one, args=(watched,))
    killer.start()
    extract.main()
    killer.join()
    together = contents()
    blocks = [block for _, block in kept(watched)]
    assert len(set(blocks)) == BLOCKS
    assert len(blocks) <= BLOCKS + 1
    assert together == alone(tmp_path, monkeypatch)


def test_a_block_that_kills_its_workers_is_named(project, cluster, watched, monkeypatch):
    write_params(cluster.scheduler_address)
    (watched / "deadly").write_text(hashlib.sha256(pixels()[20].tobytes()).hexdigest())
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)  # Dask's three take a while
    with pytest.raises(RadbankError, match=r"from image-018 \(view 0\) to image-023 .* killed"):
        extract.main()
    assert not STORE.exists()
    assert len(kept(watched)) >= 2  # what was done before is in the bank


def test_a_lost_scheduler_costs_what_is_at_work(project, dask_processes, tmp_path, monkeypatch):
    address, scheduler = dask_processes
    write_params(address)
    step = ClusterEmbeddings.embed

    def killed_after_the_first(self, image_views):
        for done in step(self, image_views):
            yield done
            scheduler.kill()

    with monkeypatch.context() as patch:
        patch.setattr(ClusterEmbeddings, "embed", killed_after_the_first)
        with pytest.raises(RadbankError, match=f"Dask scheduler at {address} was lost"):
            extract.main()
    assert not STORE.exists()
    write_params()
    extract.main()
    assert contents() == alone(tmp_path, monkeypatch)


def test_a_bank_that_is_not_shared_is_noticed(project, cluster, watched, monkeypatch):
    write_params(cluster.scheduler_address)
    monkeypatch.setattr(
        "features.bank.cached_embeddings.CachedEmbeddings.adopt", lambda self, name: False
    )
    with pytest.raises(RadbankError, match="RADBANK_BANK to a folder that all of them share"):
        extract.main()


def test_workers_that_do_not_see_the_images(project, params, tmp_path):
    job = Job(
        settings=params.model_dump_json(),
        images=str(tmp_path / "none.h5"),
        images_sha256="0" * 64,
        bank=str(tmp_path / "bank"),
    )
    with pytest.raises(RadbankError, match=r"there is no .*none\.h5 here: .* all workers see"):
        look(job)
    with pytest.raises(RadbankError, match="holds other images here"):
        look(dataclasses.replace(job, images=str(IMAGES.absolute())))


def decision(**changes):
    preprocessing = Preprocessing(
        input_size=224, mean=(0.5,) * 3, std=(0.5,) * 3, interpolation="bicubic"
    )
    settings = {
        "backbone": "tiny",
        "weights_sha256": "0" * 64,
        "preprocessing": preprocessing,
        "layers": ("penultimate",),
        "engine": "openvino",
        "precision": "bf16",
        "device": "cpu",
        "batch_size": None,
    }
    computation = Computation(**settings | changes)
    return Decision(choice=Choice("openvino", "bf16", "as asked"), computation=computation)


def test_workers_must_agree():
    assert _agreed({"tcp://a": decision(), "tcp://b": decision()}) == decision()
    with pytest.raises(RadbankError, match=r"tcp://a and tcp://b .* \(precision is bf16 and fp32"):
        _agreed({"tcp://b": decision(precision="fp32"), "tcp://a": decision()})
    with pytest.raises(RadbankError, match="Worker tcp://b: no weights"):
        _agreed({"tcp://a": decision(), "tcp://b": RadbankError("no weights")})
    with pytest.raises(RadbankError, match="Worker tcp://a cannot import radbank"):
        _agreed({"tcp://a": ModuleNotFoundError("No module named 'pipeline'")})
    with pytest.raises(ZeroDivisionError):
        _agreed({"tcp://a": ZeroDivisionError()})


def test_other_weights_than_on_this_machine_are_refused(project, monkeypatch, params):
    class Client:
        def run(self, function, job, on_error):
            return {"tcp://a": decision(weights_sha256="f" * 64)}

    settings = params.model_copy(update={"backbone": BACKBONE, "weights": "random"})
    with (
        extract.open_images(IMAGES) as images,
        pytest.raises(
            RadbankError, match=r"workers have other weights of squeezenet1_1 \(sha256 f"
        ),
    ):
        embeddings_on_cluster.ClusterEmbeddings(settings, images, extract.Bank(), Client())
