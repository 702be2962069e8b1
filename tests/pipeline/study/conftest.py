"""A tiny pipeline in a git repository, whose stages note each run; and invented models."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from dvc.repo import Repo
from dvc.scm import Git

from heads.base import by_class
from pipeline.artifacts.predictions import Predictions
from pipeline.leaderboard.entries import BoardEntry
from pipeline.leaderboard.scored import Scored
from radbank.files import write_text
from tests.pipeline.costs import arm_cost

DVC_YAML = """\
stages:
  extract:
    cmd: python stage.py extract
    deps: [stage.py, data/images.txt]
    params: [backbone]
    outs: [features.txt]
  train:
    foreach: [mlp]
    do:
      cmd: python stage.py train
      deps: [stage.py, features.txt]
      outs: [predictions/heads/mlp.csv]
  ensemble:
    cmd: python stage.py ensemble
    deps: [stage.py, predictions/heads]
    outs: [predictions/ensemble.csv]
  finetune:
    foreach: [a]
    do:
      cmd: python stage.py finetune
      deps: [stage.py, data/images.txt]
      params: [backbone]
      outs: [predictions/finetune/a.csv]
"""
STAGE = """\
import json, os, sys, time, zlib
from pathlib import Path

stage = sys.argv[1]
(line,) = (line for line in open("params.yaml") if line.startswith("backbone:"))
backbone = line.split()[1]
with open(os.environ["STUDY_RUNS"], "a") as runs:
    runs.write(f"{backbone} {stage}\\n")
if backbone == "broken":
    sys.exit("error: there are no weights of broken: get them.")
time.sleep(float(os.environ.get("STUDY_SECONDS", 0)))
images = Path("data/images.txt").read_text().split()
provenance = {"backbone": backbone, "weights": "x", "weights_random": False, "synthetic": False,
              "classes": ["no", "yes"]}
places = {"train": "heads/mlp.csv", "ensemble": "ensemble.csv", "finetune": "finetune/a.csv"}
if stage == "extract":
    Path("features.txt").write_text(backbone)
else:
    rows = ["id,group,label,split,probability"]
    for i, name in enumerate(sorted(images)):
        label = i // 2 % 3 % 2
        noise = zlib.crc32(f"{backbone} {stage} {name}".encode()) / 2**32
        split = ("train", "validation", "test")[3 * i // len(images)]
        rows.append(f"{name},p{i // 2},{label},{split},{0.2 + 0.2 * label + 0.5 * noise}")
    path = Path("predictions", places[stage])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("# " + json.dumps(provenance) + "\\n" + "\\n".join(rows) + "\\n")
"""


class TinyProject:
    """The project and a note of every stage that ran."""

    def __init__(self, root: Path, runs: Path) -> None:
        self.root, self.runs = root, runs

    @property
    def noted(self) -> list[str]:
        """Backbone and stage of every run, in their order."""
        return self.runs.read_text().splitlines() if self.runs.exists() else []

    def git(self, *arguments: str) -> str:
        command = ["git", *arguments]
        done = subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout


@pytest.fixture
def tiny(tmp_path, monkeypatch) -> TinyProject:
    root = tmp_path / "project"
    for kind in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{kind}_NAME", "A Tester")
        monkeypatch.setenv(f"GIT_{kind}_EMAIL", "tester@example.org")
    monkeypatch.setenv("STUDY_RUNS", str(tmp_path / "runs.txt"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    write_text(root / "dvc.yaml", DVC_YAML)
    write_text(root / "stage.py", STAGE)
    write_text(root / "params.yaml", "# a comment\nbackbone: one   # the first\nseed: 1\n")
    write_text(root / "data/images.txt", "\n".join(f"i{i:03}" for i in range(120)))
    Git.init(str(root)).close()
    Repo.init(str(root)).close()
    write_text(root / ".dvc/config", "[core]\n    analytics = false\n    autostage = true\n")
    write_text(root / ".gitignore", "/predictions/\n/features.txt\n/data/\n")
    project = TinyProject(root, tmp_path / "runs.txt")
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message", "A project")
    return project


def _scored(backbone, model, arm, *, skill, seed, seconds=1.0, inner_auc=None, n=600, **provenance):
    """Return a model's scores of 200 test images, a patient each."""
    labels = np.arange(n) % 2
    noise = np.random.default_rng(seed).normal(size=n)
    scores = 1 / (1 + np.exp(-(skill * (2 * labels - 1) + noise)))
    cases = pd.DataFrame(
        {
            "id": [f"i{i:03}" for i in range(n)],
            "group": [f"p{i:03}" for i in range(n)],
            "label": labels,
            "split": np.repeat(["train", "validation", "test"], n // 3),
        }
    )
    origin = {
        "backbone": backbone,
        "weights": backbone,
        "weights_random": False,
        "synthetic": False,
        "classes": ["no", "yes"],
    }
    predictions = Predictions.of_views(cases, by_class(scores[:, None]), origin | provenance)
    date = datetime(2026, 11, 30, tzinfo=UTC)
    cost = arm_cost(seconds / 2, inference=seconds / 10, images=n // 3)
    entry = BoardEntry(backbone, model, arm, predictions, cost, inner_auc, date)
    return Scored.of(entry, "test")


@pytest.fixture(scope="session")
def scored():
    """Return a maker of invented models."""
    return _scored
