"""What all tests share."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from radbank.files import read_json, write_json

ROOT = Path(__file__).resolve().parent.parent
SMALL = {
    "demo": {"images": 40, "patients": 24},
    "data": {"max_quarantined": 0.2},  # the demo's three broken files are many of so few
    "heads": {"mlp": {"members": 1, "max_epochs": 3}, "lightgbm": {"max_rounds": 20}},
    "features": {"engine": "eager", "precision": "fp32"},  # nothing is measured to choose them
    "limits": {"repeats": 1, "patients": [1.0], "labels": [0.0], "balances": [0.5]},
    "finetune": {"demo": {"epochs": 1, "image_size": 64}},
    "evaluate": {"bootstrap": 100},
}
ARM = "finetune-seed"  # the only one: tests/pipeline/test_finetune.py trains all
RUNS = {  # what each changes against the one before
    "first": {},
    "another backbone": {"backbone": "efficientnet_lite1"},
    "another mlp": {"heads": {"mlp": {"hidden": 256}}},
}


class Project:
    """A copy of the project in a git repository of its own, with a home of its own beside it.

    Attributes
    ----------
    folder
        Where it lies.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self.folder = place / "project"
        self._printed = place / "printed.json"

    @classmethod
    def of_tracked_files(cls, place: Path) -> "Project":
        """Copy what git tracks, but for tests and benchmarks."""
        project = cls(place)
        tracked = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
        for name in filter(None, tracked.split("\0")):
            if not name.startswith(("tests/", "benchmarks/")) and (ROOT / name).is_file():
                (project.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, project.folder / name)
        project("git", "init", "--quiet")
        project.commit("A project")
        return project

    @classmethod
    def reproduced(cls, place: Path) -> "Project":
        """Copy what git tracks, make it small, go through :data:`RUNS`, and go back to the first.

        A folder in which that has been done is taken as it is.
        """
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
    def printed(self) -> dict[str, str]:
        """What DVC printed in the runs: of :data:`RUNS` each, and of the first again."""
        return read_json(self._printed)

    def copy_to(self, place: Path) -> "Project":
        """Return a copy that may be changed."""
        shutil.copytree(self._place, place, symlinks=True, dirs_exist_ok=True)
        return Project(place)

    def __call__(self, *command: str) -> str:
        """Run a command in the folder and in this environment; return what it printed."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(self.folder),
                "RADBANK_HOME": str(self._place / "home"),
                **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "A Tester"),
                **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "tester@example.org"),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}"
        return done.stdout

    def commit(self, message: str) -> None:
        """Commit everything."""
        self("git", "add", "--all")
        self("git", "commit", "--quiet", "--message", message)

    def repro(self) -> str:
        """Run what is out of date; return what DVC printed."""
        return self("dvc", "repro")

    def set_params(self, changes: dict) -> None:
        """Change params.yaml, block by block."""
        with self._params() as content:
            _merge(content, changes)

    def keep_arm(self, name: str) -> None:
        """Delete all other arms of fine-tuning from params.yaml."""
        with self._params() as content:
            content["finetune"]["arms"] = {name: content["finetune"]["arms"][name]}

    @contextmanager
    def _params(self) -> Iterator[dict]:
        yaml = YAML()
        content = yaml.load(self.folder / "params.yaml")
        yield content
        yaml.dump(content, self.folder / "params.yaml")


def _merge(content: dict, changes: dict) -> None:
    for key, value in changes.items():
        if isinstance(value, dict):
            _merge(content[key], value)
        else:
            content[key] = value


@pytest.fixture(scope="session")
def new_project() -> Callable[[Path], Project]:
    """Return a function that makes a project in a folder, in which nothing has run."""
    return Project.of_tracked_files


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project in which `dvc repro` has run; not to be changed.

    Processes that share the tests (pytest-xdist) share it too: the first makes it.
    """
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    with (place / "reproduced.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return Project.reproduced(place / "reproduced")


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
