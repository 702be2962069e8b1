"""Run single stages of a project as DVC would, and compare what they leave with a first run."""

import os
import shlex
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dvc.repo import Repo

from benchmarks.small_project import Project
from radbank.files import sha256_file

_MEASURED = "metrics/cost/"  # seconds, which differ from run to run
_OF_DVC = (".dvc/", ".git/", "__pycache__/")


@dataclass(frozen=True)
class StageOfProject:
    """A stage, its command and its outputs, relative to the project's folder."""

    name: str
    command: str
    outputs: tuple[str, ...]


class StageRuns:
    """A project in which everything has run once, and whose stages run again and again.

    Parameters
    ----------
    project
        The project; its outputs are kept beside it as what every run must come to.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._kept = project.place / "kept"
        with Repo(str(project.folder)) as repo:
            self.stages = [
                StageOfProject(stage.name, stage.cmd, tuple(str(out) for out in stage.outs))
                for stage in repo.index.stages
            ]
        self._wanted: dict[str, str] = {}
        for stage in self.stages:
            for output in stage.outputs:
                _copy(project.folder / output, self._kept / output)
                self._wanted |= _digests(project.folder, output)
        self._names = self._listing()

    def remove(self, stage: StageOfProject) -> None:
        """Remove a stage's outputs, as DVC does before it runs one."""
        for output in stage.outputs:
            _remove(self.project.folder / output)

    def differences(self, stage: StageOfProject) -> list[str]:
        """Return the outputs that are not those of the first run."""
        found: dict[str, str] = {}
        for output in stage.outputs:
            found |= _digests(self.project.folder, output)
        wanted = {
            name: digest
            for name, digest in self._wanted.items()
            if any(name == output or name.startswith(f"{output}/") for output in stage.outputs)
        }
        return sorted(
            name
            for name in {*found, *wanted}
            if found.get(name) != wanted.get(name) and not name.startswith(_MEASURED)
        )

    def left_behind(self) -> list[str]:
        """Return files of the project that the first run did not leave, and half-written ones.

        Caches in radbank's home may grow.
        """
        return sorted(
            name
            for name in self._listing() - self._names
            if name.startswith("project/") or ".partial" in name
        )

    def restore_seconds(self) -> None:
        """Put the seconds that the first run measured back."""
        _remove(self.project.folder / _MEASURED)
        _copy(self._kept / _MEASURED, self.project.folder / _MEASURED)

    def restore(self, stage: StageOfProject) -> None:
        """Put the first run's outputs back."""
        self.remove(stage)
        for output in stage.outputs:
            _copy(self._kept / output, self.project.folder / output)

    def _listing(self) -> set[str]:
        """Return the files of the project and of radbank's home."""
        folder = self.project.place
        names = (
            f"{path.relative_to(folder)}"
            for top in (self.project.folder, self.project.home)
            for path in top.rglob("*")
            if path.is_file()
        )
        return {name for name in names if not any(part in name for part in _OF_DVC)}


def start(project: Project, command: str) -> "subprocess.Popen[str]":
    """Start a command in a project, in a process group of its own."""
    return subprocess.Popen(
        shlex.split(command),
        cwd=project.folder,
        env=project.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def kill(process: "subprocess.Popen[str]") -> None:
    """Kill (SIGKILL) a command with all processes that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _digests(folder: Path, output: str) -> dict[str, str]:
    path = folder / output
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    return {str(each.relative_to(folder)): sha256_file(each) for each in files}


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
