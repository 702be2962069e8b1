"""A copy of the project that is small enough to run whole within minutes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from ruamel.yaml import YAML

from benchmarks.invented import ROOT

SMALL: dict[str, Any] = {
    "demo": {"images": 40, "patients": 24},
    "data": {"max_quarantined": 0.2},  # the demo's three broken files are many of so few
    "heads": {"mlp": {"members": 1, "max_epochs": 3}, "lightgbm": {"max_rounds": 20}},
    "features": {"engine": "eager", "precision": "fp32"},  # nothing is measured to choose them
    "limits": {"repeats": 1, "patients": [1.0], "labels": [0.0], "balances": [0.5]},
    "finetune": {"demo": {"epochs": 1, "image_size": 64}},
    "evaluate": {"bootstrap": 100},
}


class Project:
    """A copy of the project in a git repository of its own, with a home of its own beside it.

    Attributes
    ----------
    place
        The folder that holds both.
    folder
        Where the project lies.
    home
        Where radbank's own data and the bank lie.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.folder = place / "project"
        self.home = place / "home"

    @classmethod
    def of_tracked_files(cls, place: Path) -> Self:
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

    @property
    def environment(self) -> dict[str, str]:
        """Variables under which a command of this environment runs in the project."""
        return {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder),
            "RADBANK_HOME": str(self.home),
            **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "A Tester"),
            **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "tester@example.org"),
        }

    def __call__(self, *command: str) -> str:
        """Run a command in the folder and in this environment; return what it printed."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}")
        return done.stdout

    def commit(self, message: str) -> None:
        """Commit everything."""
        self("git", "add", "--all")
        self("git", "commit", "--quiet", "--message", message)

    def repro(self) -> str:
        """Run what is out of date; return what DVC printed."""
        return self("dvc", "repro")

    def set_params(self, changes: dict[str, Any]) -> None:
        """Change params.yaml, block by block."""
        with self._params() as content:
            _merge(content, changes)

    def keep_arm(self, name: str) -> None:
        """Delete all other arms of fine-tuning from params.yaml."""
        with self._params() as content:
            content["finetune"]["arms"] = {name: content["finetune"]["arms"][name]}

    @contextmanager
    def _params(self) -> Iterator[dict[str, Any]]:
        yaml = YAML()
        content = yaml.load(self.folder / "params.yaml")
        yield content
        yaml.dump(content, self.folder / "params.yaml")


def _merge(content: dict[str, Any], changes: dict[str, Any]) -> None:
    for key, value in changes.items():
        if isinstance(value, dict):
            _merge(content[key], value)
        else:
            content[key] = value
