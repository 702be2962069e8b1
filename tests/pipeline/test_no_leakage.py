"""Obvious leaks, planted: each is prevented, or reported."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import crossvalidate, train
from pipeline.params import load_params
from pipeline.splitting.partition import join_duplicates
from radbank.errors import RadbankError

HEADS = load_params(Path(__file__).resolve().parents[2] / "params.yaml").heads.names
every_head = pytest.mark.parametrize("name", HEADS)


def noise(n=160, n_features=6, seed=0):
    """Return labels and embeddings that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    return np.arange(n) // 2 % 2, rng.normal(size=(n, 1, n_features))


@pytest.mark.parametrize("column", ["split", "fold"])
def test_a_patient_on_two_sides_is_refused(cached, column):
    splits = cached(*noise())
    first = splits.index[splits["split"] == "train"][0]
    splits.loc[first, column] = "test" if column == "split" else splits.loc[first, "fold"] + 1
    splits.to_csv("data/splits.csv", index=False)
    group = splits.loc[first, "group"]
    with pytest.raises(RadbankError, match=rf"leaks: images of group {group} are in {column} "):
        train.main(["logistic_regression"])
    assert not Path("models").exists()


def test_one_image_under_two_patients_makes_them_one_group():
    merged = join_duplicates(["anna", "berta", "clara"], ["same", "same", "other"])
    assert merged.tolist() == ["anna", "anna", "clara"]


def test_a_label_among_the_features_is_reported(cached, capsys):
    labels, embeddings = noise()
    embeddings[:, 0, 4] = 10 * labels
    cached(labels, embeddings)
    train.main(["logistic_regression"])
    metrics = json.loads(Path("metrics/heads/logistic_regression.json").read_text())
    assert metrics["telltale_features"] == ["feature 4 (penultimate)"]
    assert "CAUTION, a leak? 1 features" in capsys.readouterr().out


def test_features_without_a_leak_are_not_reported(cached, capsys):
    labels, embeddings = noise()
    cached(labels, embeddings + labels[:, None, None])
    train.main(["logistic_regression"])
    metrics = json.loads(Path("metrics/heads/logistic_regression.json").read_text())
    assert metrics["telltale_features"] == []
    assert "CAUTION" not in capsys.readouterr().out


@every_head
def test_nothing_is_fitted_on_test_rows(cached, name):
    """Scalers, components and penalties stay what they are when the test images are moved."""
    labels, embeddings = noise()
    saved = []
    for shift in (0, 1e3):
        moved = embeddings.copy()
        splits = cached(labels, moved)
        moved[splits["split"] == "test"] += shift
        cached(labels, moved)
        train.main([name])
        folder = Path(f"models/heads/{name}")
        saved.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert saved[0] == saved[1]


def test_out_of_fold_probabilities_do_not_know_their_own_fold(cached):
    """Moving the images of one fold changes what is said of that fold's images only by the move."""
    labels, embeddings = noise()
    cached(labels, embeddings)
    crossvalidate.main()
    before = pd.read_csv("predictions/cv/logistic_regression.csv", comment="#")
    in_fold = (before["fold"] == 0).to_numpy()
    moved = embeddings.copy()
    moved[np.flatnonzero(in_fold)[0]] += 1e3
    cached(labels, moved)
    crossvalidate.main()
    after = pd.read_csv("predictions/cv/logistic_regression.csv", comment="#")
    same = (before["probability"] == after["probability"]).to_numpy()
    assert same[in_fold].sum() == in_fold.sum() - 1
    assert not same[~in_fold].any()


def test_permuted_labels_are_not_predicted(cached):
    """Patients' labels drawn anew: every head's interval for the AUC holds one half."""
    rng = np.random.default_rng(3)
    labels, embeddings = noise(n=240, n_features=20)
    embeddings += labels[:, None, None]
    patients = rng.permutation(labels[::2])
    cached(patients.repeat(2), embeddings)
    crossvalidate.main()
    metrics = json.loads(Path("metrics/crossvalidation.json").read_text())
    for name, figures in metrics["models"].items():
        of_folds = figures["auc_of_folds"]
        assert of_folds["low"] < 0.5 < of_folds["high"], name
