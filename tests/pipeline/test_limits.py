from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import train
from pipeline.limits import main
from radbank.errors import RadbankError


def outputs():
    return {path.name: path.read_bytes() for path in sorted(Path("curves/limits").iterdir())}


def cohort():
    rng = np.random.default_rng(0)
    labels = np.arange(160) // 2 % 2
    return labels, rng.normal(size=(160, 1, 6)) + labels[:, None, None]


def test_the_stage_writes_every_table_and_says_what_it_found(cached, capsys):
    cached(*cohort())
    train.main(["logistic_regression"])
    capsys.readouterr()
    main()
    first = outputs()
    assert list(first) == [
        "balance.csv",
        "labels.csv",
        "patients.csv",
        "planted.csv",
        "suspects.csv",
    ]
    printed = capsys.readouterr().out
    assert "synthetic" in printed
    assert "20% of labels flipped" in printed
    assert "20% of positives missed" in printed
    for name in ("patients", "labels", "balance"):
        models = pd.read_csv(f"curves/limits/{name}.csv")["model"]
        assert set(models) == {"logistic_regression"}
    suspects = pd.read_csv("curves/limits/suspects.csv")
    assert list(suspects.columns) == ["id", "group", "label", "split", "probability"]
    main()
    assert outputs() == first


def test_without_the_trained_head_it_says_so(cached):
    cached(*cohort())
    with pytest.raises(RadbankError, match="models/heads/logistic_regression"):
        main()


def test_any_head_that_runs_can_be_the_one_of_the_experiments(cached):
    cached(*cohort(), changes={"limits": {"head": "linear_probe"}})
    train.main(["linear_probe"])
    main()
    assert len(outputs()) == 5
