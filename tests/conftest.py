"""What all tests share."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.invented import ROOT
from benchmarks.small_project import SMALL, Project
from radbank.files import read_json, write_json

ARM = "finetune-seed"  # the only one: tests/pipeline/test_finetune.py trains all
RUNS = {  # what each changes against the one before
    "first": {},
    "another backbone": {"backbone": "efficientnet_lite1"},
    "another mlp": {"heads": {"mlp": {"hidden": 256}}},
}


class Reproduced(Project):
    """A small project that has gone through :data:`RUNS`, and back to the first."""

    @classmethod
    def at(cls, place: Path) -> "Reproduced":
        """Make it; a folder in which that has been done is taken as it is."""
        project = cls(place)
        if project._printed.exists():
            return project
        shutil.rmtree(place, ignore_errors=True)
        project = cls.of_tracked_files(place)
        project.set_params(SMALL)
        project.keep_arm(ARM)
        project.commit("A small study")
        params = project.folder / "params.yaml"
        first = params.read_bytes()
        printed = {}
        for name, changes in RUNS.items():
            project.set_params(changes)
            printed[name] = project.repro()
        params.write_bytes(first)
        printed["first again"] = project.repro()
        write_json(project._printed, printed)
        return project

    @property
    def _printed(self) -> Path:
        return self.place / "printed.json"

    @property
    def printed(self) -> dict[str, str]:
        """What DVC printed in the runs: of :data:`RUNS` each, and of the first again."""
        return read_json(self._printed)

    def copy_to(self, place: Path) -> "Reproduced":
        """Return a copy that may be changed."""
        shutil.copytree(self.place, place, symlinks=True, dirs_exist_ok=True)
        return Reproduced(place)


@pytest.fixture(scope="session")
def new_project() -> Callable[[Path], Project]:
    """Return a function that makes a project in a folder, in which nothing has run."""
    return Project.of_tracked_files


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Reproduced:
    """Return a project in which `dvc repro` has run; not to be changed.

    Processes that share the tests (pytest-xdist) share it too: the first makes it.
    """
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    with (place / "reproduced.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return Reproduced.at(place / "reproduced")


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep keys, indices and embeddings of tests out of the user's own folders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("RADBANK_BANK", raising=False)
        patch.setenv("RADBANK_HOME", str(tmp_path_factory.mktemp("home")))
        # code compiled for one instruction set would be taken from the cache under another
        patch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path_factory.mktemp("inductor")))
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real radiographs, which lies beside the checkout and never in it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real radiographs at {folder.parent.name}/{folder.name}")
    return folder


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """Run a server that speaks S3 on this machine; return the URL of a bucket on it."""
    from fsspec import filesystem
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "a key of no account")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nor this")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        filesystem("s3").mkdir("radbank")
        yield "s3://radbank"
    server.stop()


@pytest.fixture
def dask_processes(tmp_path):
    """Start a scheduler and a worker as processes; yield the scheduler's address and process."""
    pytest.importorskip("distributed", reason="Dask's cluster part is optional")
    told = tmp_path / "scheduler.json"
    to_start = {
        "scheduler": ["--port", "0", "--no-dashboard", "--scheduler-file", str(told)],
        "worker": ["--nthreads", "1", "--no-dashboard", "--scheduler-file", str(told)],
    }
    started = [
        subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{part}", *options],
            cwd=tmp_path,
            # the first worker's death is enough: Dask's three take a while
            env=os.environ | {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"},
            stderr=subprocess.DEVNULL,
        )
        for part, options in to_start.items()
    ]
    deadline = time.monotonic() + 60
    while not told.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield json.loads(told.read_text())["address"], started[0]
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def small_disk(tmp_path):
    """Return a function that makes a file system of some KiB."""
    folder = tmp_path / "small"
    folder.mkdir()

    def make(size):
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(folder)]
        try:
            subprocess.run(mount, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("a small file system can be mounted by root on Linux only")
        return folder

    yield make
    if folder.is_mount():
        subprocess.run(["umount", str(folder)], check=True)
