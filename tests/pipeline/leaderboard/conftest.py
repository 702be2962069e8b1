"""A project with DVC experiments, whose stage writes predictions and costs as ours do."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from dvc.repo import Repo
from dvc.scm import Git
from ruamel.yaml import YAML

from heads.base import by_class
from pipeline.artifacts.cost import write_cost
from pipeline.artifacts.predictions import Predictions, write_predictions
from radbank.files import write_text

PROVENANCE = {
    "backbone": "resnet50",
    "weights": "resnet50.imagenet",
    "weights_random": False,
    "synthetic": False,
    "classes": ["normal", "opacity"],
}
OUTS = ("predictions/heads/mlp.csv", "predictions/ensemble.csv", "predictions/finetune/a.csv")


class Experiments:
    """A project that is told what its stages predict."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def predict(self, path, *, skill=1.0, seed=0, n=120, scores=None, split=None, **provenance):
        """Write the predictions of 120 images of 60 patients, a third of each split."""
        labels = np.arange(n) // 2 % 3 % 2
        if scores is None:
            noise = np.random.default_rng(seed).normal(size=(n, 2))
            scores = 1 / (1 + np.exp(-(skill * (2 * labels[:, None] - 1) + noise)))
        cases = pd.DataFrame(
            {
                "id": [f"i{i:03}" for i in range(n)],
                "group": [f"p{i // 2:03}" for i in range(n)],
                "label": labels,
                "split": split or (["train"] * 40 + ["validation"] * 40 + ["test"] * (n - 80)),
            }
        )
        predictions = Predictions.of_views(cases, by_class(scores), {**PROVENANCE, **provenance})
        write_predictions(self.root / path, predictions)

    def predict_all(self, *, seed=0, **options):
        """Write what every model predicts."""
        for place, path in enumerate(OUTS):
            self.predict(path, seed=seed + place, **options)

    def cost(self, name, cost):
        """Write a file of metrics/cost."""
        write_cost(self.root / f"metrics/cost/{name}.json", cost)

    def commit(self) -> None:
        """Record the outputs with DVC and git."""
        stage = {"cmd": "true", "outs": [path for path in OUTS if (self.root / path).exists()]}
        costs = sorted((self.root / "metrics/cost").rglob("*.json"))
        stage["outs"] += [path.relative_to(self.root).as_posix() for path in costs]
        with (self.root / "dvc.yaml").open("w") as file:
            YAML().dump({"stages": {"predict": stage}}, file)
        with Repo(str(self.root)) as repo:
            repo.commit(force=True)
            repo.scm.add([".gitignore", "dvc.yaml", "dvc.lock", "predictions", "metrics"])
            repo.scm.commit("Results")

    def save(self, name: str) -> None:
        """Save the workspace as an experiment."""
        with Repo(str(self.root)) as repo:
            repo.experiments.save(name=name, force=True)


@pytest.fixture
def experiments(tmp_path, monkeypatch) -> Iterator[Experiments]:
    """Return a project without results."""
    for kind in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{kind}_NAME", "A Tester")
        monkeypatch.setenv(f"GIT_{kind}_EMAIL", "tester@example.org")
    root = tmp_path / "project"
    root.mkdir()
    Git.init(str(root)).close()
    Repo.init(str(root)).close()
    write_text(root / ".dvc/config", "[core]\n    analytics = false\n    autostage = true\n")
    monkeypatch.chdir(root)
    return Experiments(root)
