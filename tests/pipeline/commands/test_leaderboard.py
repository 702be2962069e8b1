import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from dvc.repo import Repo
from dvc.scm import Git

from heads.base import by_class
from pipeline.artifacts.predictions import Predictions, write_predictions
from pipeline.cli import main


@pytest.fixture
def project(tmp_path, monkeypatch, changed_params):
    """Make a project whose predictions are committed the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    changed_params({})
    labels = np.arange(90) // 2 % 3 % 2
    cases = pd.DataFrame(
        {
            "id": [f"i{i:03}" for i in range(90)],
            "group": [f"p{i // 2:03}" for i in range(90)],
            "label": labels,
            "split": ["train"] * 30 + ["validation"] * 30 + ["test"] * 30,
        }
    )
    provenance = {
        "backbone": "vgg19",
        "weights": "random",
        "weights_random": True,
        "synthetic": True,
        "classes": ["<no>", "yes"],
    }
    for seed, name in enumerate(("heads/mlp", "ensemble", "finetune/a")):
        scores = np.random.default_rng(seed).normal(labels[:, None], 1, size=(90, 2))
        made = Predictions.of_views(cases, by_class(1 / (1 + np.exp(-scores))), provenance)
        write_predictions(f"predictions/{name}.csv", made)
    Git.init(".").close()
    with Repo.init(".") as repo:
        repo.scm.add(["predictions", "params.yaml"])
        for name in ("user.name", "user.email"):
            with repo.scm.gitpython.repo.config_writer() as config:
                config.set_value(*name.split("."), "tester@example.org")
        repo.scm.commit("Results")


def test_the_table_names_all_models_and_what_they_must_not_be_mistaken_for(project, capsys):
    main(["leaderboard"])
    printed = capsys.readouterr().out
    for words in ("mlp", "ensemble", "RANDOM WEIGHTS", "SYNTHETIC DATA", "HEAD, workspace"):
        assert words in printed, words


def test_json_csv_and_html_hold_the_same_rows(project, capsys):
    main(["leaderboard", "--json", "--csv", "out/board.csv", "--html", "out/board.html"])
    (cohort,) = json.loads(capsys.readouterr().out)["cohorts"]
    with Path("out/board.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    page = Path("out/board.html").read_text(encoding="utf-8")
    assert len(rows) == len(cohort["rows"]) == 6
    for row, other in zip(rows, cohort["rows"], strict=True):
        assert float(row["auc"]) == other["auc"]["value"]
        assert f"{other['auc']['value']:.3f}" in page
    assert page.startswith("<!DOCTYPE html>")
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_its_own_files_are_replaced_and_no_others(project, capsys):
    for _ in range(2):
        main(["leaderboard", "--csv", "board.csv", "--html", "board.html"])
    for option, kept in (("--csv", "params.yaml"), ("--html", "board.csv")):
        with pytest.raises(SystemExit):
            main(["leaderboard", option, kept])
        assert "is no output of this command" in capsys.readouterr().err
