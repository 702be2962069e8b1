"""The stage from store and splits to model, predictions, metrics and cost."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from features.store.store import StoreCoords, write_store
from heads import get_head
from pipeline import paths, train
from pipeline.artifacts.cost import Cost
from pipeline.artifacts.document import read_document
from pipeline.artifacts.predictions import read_predictions
from pipeline.artifacts.trained_model import TrainedModel
from pipeline.evaluation.thresholds import youden_threshold
from pipeline.params import load_params
from radbank.errors import RadbankError
from radbank.files import sha256_file

ROOT = Path(__file__).resolve().parents[2]
HEADS = load_params(ROOT / "params.yaml").heads.names
N_FEATURES = 8
SPLITS = ["train"] * 12 + ["validation"] * 4 + ["test"] * 3 + ["excluded"]
ATTRIBUTES = {
    "radbank_version": "0",
    "synthetic": True,
    "classes": ["normal", "opacity"],
    "image_size": 320,
    "backbone": "efficientnet_lite0",
    "weights": "random",
    "weights_sha256": "0" * 64,
    "weights_random": True,
    "preprocessing": {"input_size": 224, "mean": [0.5, 0.5, 0.5]},
    "layers": ["penultimate"],
    "precision": "fp32",
    "engine": "eager",
    "device": "cpu",
    "batch_size": 16,
    "views_seed": 42,
}


def write_inputs(n_views=3, n=200, change=lambda splits, labels: None):
    """Write params.yaml, splits and a store, whose images lie in another order than the splits."""
    rng = np.random.default_rng(0)
    splits = pd.DataFrame(
        {
            "id": [f"image-{i:03d}" for i in range(n)],
            "group": [f"patient-{i // 2}" for i in range(n)],
            "split": [SPLITS[i // 2 % len(SPLITS)] for i in range(n)],
            "fold": -1,
        }
    )
    training = splits["split"] == "train"
    splits.loc[training, "fold"] = np.arange(n)[training] // 2 % 5
    labels = rng.integers(0, 2, n)
    change(splits, labels)
    embeddings = rng.normal(size=(n, n_views, N_FEATURES)) + 0.8 * labels[:, None, None]
    # whoever learns from an excluded image learns the opposite
    embeddings[splits["split"] == "excluded"] = 1e6
    order = rng.permutation(n)
    shuffled = splits.iloc[order]
    shutil.copy(ROOT / "params.yaml", "params.yaml")
    Path("data").mkdir()
    splits.to_csv("data/splits.csv", index=False)
    write_store(
        "data/features/efficientnet_lite0.zarr",
        [embeddings[order].astype(np.float32)],
        n_images=n,
        n_views=n_views,
        layer_of_feature=["penultimate"] * N_FEATURES,
        coords=StoreCoords(
            id=shuffled["id"].tolist(),
            group=shuffled["group"].tolist(),
            label=labels[order].tolist(),
            split=shuffled["split"].tolist(),
        ),
        attributes=ATTRIBUTES,
    )
    return splits.assign(label=labels), embeddings.astype(np.float32)


def read_by_id(path):
    """Return predictions, which come in the order of the store, by id."""
    predictions = read_predictions(path)
    return replace(predictions, frame=predictions.frame.sort_values("id", ignore_index=True))


def set_param(old, new):
    text = Path("params.yaml").read_text()
    assert old in text
    Path("params.yaml").write_text(text.replace(old, new))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def outputs(folder):
    return {
        str(path.relative_to(folder)): sha256_file(path)
        for name in ("models", "predictions", "metrics/heads")
        for path in sorted((folder / name).rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", HEADS)
def test_a_head_is_trained_saved_and_scored(name, folder, capsys):
    splits, embeddings = write_inputs()
    train.main([name])

    predictions = read_by_id(folder / paths.predictions(name))
    frame = predictions.frame
    used = splits[splits["split"] != "excluded"].reset_index(drop=True)
    for column in ("id", "group", "split", "label"):
        assert frame[column].tolist() == used[column].tolist()
    head = get_head(name).load(folder / f"models/heads/{name}")
    rows = splits.index[splits["split"] != "excluded"]
    by_view = np.stack([head.predict_proba(embeddings[rows, view])[:, 1] for view in range(3)])
    np.testing.assert_allclose(frame["probability"], by_view[0], rtol=1e-5)
    np.testing.assert_allclose(frame["probability_augmented"], by_view[1], rtol=1e-5)
    np.testing.assert_allclose(frame["probability_averaged"], by_view.mean(axis=0), rtol=1e-5)

    model = TrainedModel.read(folder / f"models/heads/{name}")
    validation = frame[frame["split"] == "validation"]
    assert model.threshold == youden_threshold(validation["label"], validation["probability"])
    assert model.n_train == (splits["split"] == "train").sum()
    assert (model.kind, model.name, model.image_size) == ("head", name, 320)
    assert model.preprocessing == ATTRIBUTES["preprocessing"]
    assert predictions.conditions.input_size == model.preprocessing["input_size"]
    assert {**predictions.provenance, "conditions": None} == {
        **model.provenance,
        "conditions": None,
    }

    metrics = json.loads((folder / f"metrics/heads/{name}.json").read_text())
    assert list(metrics) == [
        "data", "weights", "validation", "chosen", "imbalance", "telltale_features", "inner_cv",
        "trainings",
    ]  # fmt: skip
    first, *others = predictions.trainings
    assert len(others) == (load_params().seeds - 1 if head.random else 0)
    assert all(not np.array_equal(first, other) for other in others)
    assert metrics["trainings"].startswith(str(1 + len(others)))
    inner = metrics["inner_cv"]
    assert len(inner["by_fold"]) == load_params().split.folds
    assert inner["auc"] == pytest.approx(np.mean(inner["by_fold"]))
    assert inner["auc"] > 0.7
    assert "synthetic" in metrics["data"]
    assert metrics["weights"] == "random"
    assert metrics["validation"]["n"] == len(validation)
    assert metrics["validation"]["threshold"] == model.threshold
    assert metrics["validation"]["auc"]["value"] > 0.7
    assert metrics["chosen"] == head.chosen()

    cost = read_document(Cost, folder / f"metrics/cost/heads/{name}.json")
    assert cost.training.images == model.n_train
    assert cost.training.passes == 0
    assert cost.inference.plain == cost.inference.images == len(predictions.frame)

    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 4
    assert "5-fold cross-validation by patient inside training" in printed[2]
    assert re.search(r"synthetic", printed[0])
    assert re.search(r"weights: random", printed[0])


def test_two_runs_give_the_same_bytes(folder):
    write_inputs()
    set_param("max_rounds: 500", "max_rounds: 20")
    seen = []
    for _ in range(2):
        for name in HEADS:
            train.main([name])
        seen.append(outputs(folder))
    assert seen[0] == seen[1]
    assert len(seen[0]) == len(HEADS) * 5


def test_one_view_gives_one_probability(folder):
    write_inputs(n_views=1)
    train.main(["linear_probe"])
    frame = read_predictions(folder / "predictions/heads/linear_probe.csv").frame
    seeds = ["probability_seed2", "probability_seed3"]
    assert list(frame.columns) == ["id", "group", "label", "split", "probability", *seeds]
    metrics = json.loads((folder / "metrics/heads/linear_probe.json").read_text())
    assert metrics["chosen"]["training_views"] == "plain"


def test_params_reach_the_head(folder):
    write_inputs()
    set_param("max_rounds: 500", "max_rounds: 2")
    train.main(["lightgbm"])
    settings = json.loads((folder / "models/heads/lightgbm/head.json").read_text())
    assert settings["hyperparameters"]["max_rounds"] == 2
    assert settings["hyperparameters"]["seed"] == 42


@pytest.mark.parametrize("split", ["train", "validation"])
def test_a_split_without_a_class_is_refused(folder, split):
    def change(splits, labels):
        labels[splits["split"] == split] = 0

    write_inputs(change=change)
    with pytest.raises(RadbankError, match=f"The {split} split holds no image of class 'opacity'"):
        train.main(["mlp"])
    assert not (folder / "models").exists()


def test_a_missing_validation_split_is_refused(folder):
    def change(splits, labels):
        splits.loc[splits["split"] == "validation", "split"] = "test"

    write_inputs(change=change)
    with pytest.raises(RadbankError, match="validation split holds no image"):
        train.main(["mlp"])


def test_splits_of_other_images_are_refused(folder):
    splits, _ = write_inputs()
    splits.drop(columns="label")[1:].to_csv("data/splits.csv", index=False)
    with pytest.raises(RadbankError, match="not of the same images"):
        train.main(["mlp"])


def test_an_unknown_head_is_refused(folder):
    write_inputs()
    with pytest.raises(RadbankError, match="There is no head 'forest'"):
        train.main(["forest"])


def test_a_head_without_a_block_is_refused(folder):
    write_inputs()
    text = Path("params.yaml").read_text()
    start, end = text.index("  linear_probe:"), text.index("ensemble:")
    Path("params.yaml").write_text(text[:start] + text[end:])
    with pytest.raises(RadbankError, match=r"no block heads\.linear_probe: write it"):
        train.main(["linear_probe"])


def test_a_failed_run_leaves_the_former_model(folder, monkeypatch):
    write_inputs()
    train.main(["linear_probe"])
    before = outputs(folder)

    def fail(self, folder):
        raise OSError("disk full")

    monkeypatch.setattr(TrainedModel, "write", fail)
    with pytest.raises(OSError, match="disk full"):
        train.main(["linear_probe"])
    assert outputs(folder) == before


@pytest.mark.parametrize("name", HEADS)
def test_three_classes_have_a_probability_each(name, folder, monkeypatch, capsys):
    classes = ["bacteria", "normal", "virus"]
    monkeypatch.setitem(ATTRIBUTES, "classes", classes)

    def change(splits, labels):
        labels[:] = np.arange(len(labels)) // 3 % 3

    splits, embeddings = write_inputs(change=change)
    set_param("bootstrap: 2000", "bootstrap: 100")
    train.main([name])
    predictions = read_by_id(folder / paths.predictions(name))
    frame = predictions.frame
    assert list(frame.columns[4:7]) == [f"probability_{each}" for each in classes]
    assert list(frame.columns[7:10]) == [f"augmented_{each}" for each in classes]
    head = get_head(name).load(folder / f"models/heads/{name}")
    rows = splits.index[splits["split"] != "excluded"]
    for view, column in enumerate(("probability", "augmented")):
        np.testing.assert_allclose(
            predictions.probabilities(column), head.predict_proba(embeddings[rows, view]), rtol=1e-5
        )
    model = TrainedModel.read(folder / f"models/heads/{name}")
    assert (model.classes, model.threshold) == (tuple(classes), None)
    part = predictions.of_split("validation")
    metrics = json.loads((folder / f"metrics/heads/{name}.json").read_text())["validation"]
    assert metrics["auc"]["value"] == pytest.approx(
        roc_auc_score(part.frame["label"], part.probabilities(), multi_class="ovr")
    )
    assert sum(metrics["n_by_class"].values()) == metrics["n"] == len(part.frame)
    assert "the highest probability decides" in capsys.readouterr().out
