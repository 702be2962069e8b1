"""What all tests share."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
SMALL = {
    "demo": {"images": 40, "patients": 24},
    "data": {"max_quarantined": 0.2},  # the demo's three broken files are many of so few
    "heads": {"mlp": {"members": 1, "max_epochs": 3}, "lightgbm": {"max_rounds": 20}},
    "limits": {"repeats": 1, "patients": [1.0], "labels": [0.0], "balances": [0.5]},
    "finetune": {"demo": {"epochs": 1, "image_size": 64}},
    "evaluate": {"bootstrap": 100},
}


class Project:
    """A copy of the project in a git repository of its own.

    Attributes
    ----------
    folder
        Where it lies.
    first_run
        What the first `dvc repro` printed; empty where nothing has run.
    """

    def __init__(self, folder: Path, first_run: str = "") -> None:
        self.folder = folder
        self.first_run = first_run

    @classmethod
    def of_tracked_files(cls, folder: Path) -> "Project":
        """Copy what git tracks, but for tests and benchmarks."""
        tracked = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
        for name in filter(None, tracked.split("\0")):
            if not name.startswith(("tests/", "benchmarks/")) and (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, folder / name)
        project = cls(folder)
        project("git", "init", "--quiet")
        project.commit("A project")
        return project

    @classmethod
    def reproduced(cls, folder: Path) -> "Project":
        """Copy what git tracks, make it small, and run it."""
        project = cls.of_tracked_files(folder)
        project.set_params(SMALL)
        project.commit("A small study")
        project.first_run = project.repro()
        return project

    def copy_to(self, folder: Path) -> "Project":
        """Return a copy that may be changed."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Project(folder, self.first_run)

    def __call__(self, *command: str) -> str:
        """Run a command in the folder and in this environment; return what it printed."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(self.folder),
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
        yaml = YAML()
        content = yaml.load(self.folder / "params.yaml")
        _merge(content, changes)
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
    """Return a project in which `dvc repro` has run; not to be changed."""
    return Project.reproduced(tmp_path_factory.mktemp("reproduced"))


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
