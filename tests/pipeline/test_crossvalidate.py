import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts.cases import read_cases, write_cases
from pipeline.crossvalidate import main
from pipeline.params import load_params

HEADS = load_params(Path(__file__).resolve().parents[2] / "params.yaml").heads.names


def cohort(n=120, effect=2.0, n_views=1, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) // 2 % 2
    return labels, rng.normal(size=(n, n_views, 6)) + effect * labels[:, None, None]


def outputs():
    paths = [*sorted(Path("predictions/cv").iterdir()), Path("metrics/crossvalidation.json")]
    return {path.name: path.read_bytes() for path in paths}


def test_every_head_is_scored_out_of_fold(cached, capsys):
    labels, embeddings = cohort()
    cached(labels, embeddings)
    main()
    metrics = json.loads(Path("metrics/crossvalidation.json").read_text())
    assert list(metrics["models"]) == [*HEADS, "ensemble"]
    assert (metrics["n"], metrics["n_patients"], metrics["repeats"]) == (120, 60, 1)
    for name in (*HEADS, "ensemble"):
        frame = pd.read_csv(f"predictions/cv/{name}.csv", comment="#")
        assert frame["id"].is_unique
        assert len(frame) == 120
        assert frame["probability"].between(0, 1).all()
        assert (frame.groupby("group")["fold"].nunique() == 1).all()
        assert metrics["models"][name]["auc"]["value"] > 0.9
    printed = capsys.readouterr().out
    assert "1 x 3-fold by patient, 120 images of 60 patients" in printed
    assert "synthetic" in printed
    first = outputs()
    main()
    assert outputs() == first


def test_holdout_leaves_empty_tables(cached, capsys):
    cached(*cohort(), changes={"split": {"scheme": "holdout"}})
    main()
    assert json.loads(Path("metrics/crossvalidation.json").read_text())["models"] == {}
    assert all(
        len(pd.read_csv(path, comment="#")) == 0 for path in Path("predictions/cv").iterdir()
    )
    assert "no cross-validation" in capsys.readouterr().out


def test_an_official_test_set_stays_unseen(cached):
    splits = cached(*cohort())
    cases = read_cases("data/cases.parquet")
    official = splits["split"].to_numpy() == "test"
    frame = cases.frame.assign(official_split=np.where(official, "test", None))
    write_cases("data/cases.parquet", frame, cases.classes)
    main()
    held_out = set(pd.read_csv("predictions/cv/mlp.csv", comment="#")["id"])
    assert held_out == set(splits["id"][~official])


@pytest.mark.parametrize("views", [2])
def test_heads_may_answer_with_the_mean_over_views(cached, views):
    labels, embeddings = cohort(n_views=views)
    cached(labels, embeddings)
    main()
    plain = pd.read_csv("predictions/cv/logistic_regression.csv", comment="#")["probability"]
    cached(labels, embeddings, changes={"heads": {name: {"average_views": True} for name in HEADS}})
    main()
    mean = pd.read_csv("predictions/cv/logistic_regression.csv", comment="#")["probability"]
    assert (plain != mean).mean() > 0.9
