"""The stage from prepared images and splits to model, curves, predictions, metrics and cost."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML
from sklearn.metrics import roc_auc_score

from pipeline import finetune
from pipeline.artifacts.cases import SCHEMA, read_cases, write_cases
from pipeline.artifacts.images import write_images
from pipeline.artifacts.learning import learning_curve
from pipeline.artifacts.predictions import read_predictions
from pipeline.artifacts.trained_model import TrainedModel
from pipeline.evaluation.thresholds import youden_threshold
from pipeline.finetuning import train as training
from radbank.errors import RadbankError
from radbank.files import sha256_file, write_json

ROOT = Path(__file__).resolve().parents[2]
SIDE = 32
SPLITS = ["train", "train", "train", "validation", "test", "excluded"]


def write_inputs(n=48, **settings):
    """Write noise images, brighter in the middle for the positive class; return the splits."""
    rng = np.random.default_rng(0)
    labels = np.arange(n) // 12 % 2
    pixels = rng.integers(0, 120, (n, SIDE, SIDE))
    pixels[labels == 1, 8:24, 8:24] += 80
    splits = pd.DataFrame(
        {
            "id": [f"image-{i:03d}" for i in range(n)],
            "group": [f"patient-{i // 2:03d}" for i in range(n)],
            "split": [SPLITS[i // 2 % len(SPLITS)] for i in range(n)],
            "fold": -1,
        }
    )
    cases = splits[["id", "group"]].assign(
        path="x", label=labels, height=SIDE, width=SIDE, sha256="0", synthetic=True
    )
    cases[[name for name in SCHEMA.names if name not in cases]] = None
    write_cases("data/cases.parquet", cases, ("no", "yes"))
    write_images("data/images.h5", splits["id"].tolist(), pixels.astype(np.uint8), SIDE, True)
    splits.to_csv("data/splits.csv", index=False)
    params = YAML(typ="safe").load(ROOT / "params.yaml")
    params |= {"backbone": "timm:test_efficientnet", "weights": "random"}
    params["finetune"] |= {"epochs": 3, "image_size": SIDE, "batch_size": 8, **settings}
    params["evaluate"]["bootstrap"] = 100
    write_json("params.yaml", params)  # JSON is YAML
    return splits


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def outputs(folder):
    return {
        path.relative_to(folder).as_posix(): sha256_file(path)
        for name in ("models", "predictions", "curves", "metrics")
        for path in sorted((folder / name).rglob("*"))
        if path.is_file() and path.parent.name != "cost"
    }


def test_a_network_is_trained_saved_and_scored(folder, capsys):
    splits = write_inputs()
    finetune.main()

    predictions = read_predictions("predictions/finetune.csv")
    used = splits[splits["split"] != "excluded"].reset_index(drop=True)
    for column in ("id", "group", "split"):
        assert predictions.frame[column].tolist() == used[column].tolist()
    assert predictions.provenance["weights_random"]

    model = TrainedModel.read(folder / "models/finetune")
    assert (model.kind, model.backbone, model.n_train) == ("finetune", "timm:test_efficientnet", 24)
    assert model.preprocessing["input_size"] == SIDE
    on_validation = predictions.frame[predictions.frame["split"] == "validation"]
    assert model.threshold == youden_threshold(on_validation["label"], on_validation["probability"])

    metrics = json.loads((folder / "metrics/finetune.json").read_text())
    assert metrics["data"] == "synthetic demo cohort (not patients)"
    assert metrics["weights"] == "random"
    auc = roc_auc_score(on_validation["label"], on_validation["probability"])
    assert metrics["validation"]["auc"]["value"] == pytest.approx(auc)
    curve = learning_curve(folder / "curves/finetune")
    assert curve["epoch"].tolist() == [1, 2, 3]
    assert auc == pytest.approx(curve["validation_auc"].max())  # the best epoch, not the last
    ranked = curve.sort_values(["validation_auc", "validation_loss"], ascending=[False, True])
    assert ranked["epoch"].iloc[0] == metrics["chosen"]["epoch"]
    cost = json.loads((folder / "metrics/cost/finetune.json").read_text())
    assert cost["images"] == 3 * 24
    assert cost["seconds"] > 0

    said = capsys.readouterr().out
    assert "epoch 3/3: loss" in said
    assert "random" in said
    assert "synthetic" in said


def test_two_equal_runs_give_equal_bytes(folder):
    write_inputs()
    finetune.main()
    first = outputs(folder)
    finetune.main()
    assert outputs(folder) == first
    assert {"models/finetune/model.safetensors", "predictions/finetune.csv"} <= set(first)


def test_a_training_that_is_cut_short_leaves_its_last_checkpoint(folder, monkeypatch):
    write_inputs(checkpoint_every=2)
    log_epoch = training.log_epoch

    def cut(live, epoch):
        if epoch.number == 3:
            raise KeyboardInterrupt
        log_epoch(live, epoch)

    monkeypatch.setattr(training, "log_epoch", cut)
    with pytest.raises(KeyboardInterrupt):
        finetune.main()
    assert TrainedModel.read(folder / "models/finetune").n_train == 24
    assert not (folder / "predictions").exists()


def test_a_split_of_one_class_is_refused(folder):
    splits = write_inputs()
    splits.loc[np.arange(48) // 12 % 2 == 1, "split"] = "train"
    splits.to_csv("data/splits.csv", index=False)
    with pytest.raises(RadbankError, match="validation split holds no image of class 'yes'"):
        finetune.main()


def test_splits_of_other_images_are_refused(folder):
    write_inputs()[:40].to_csv("data/splits.csv", index=False)
    with pytest.raises(RadbankError, match="not of the same images"):
        finetune.main()


def test_three_classes_have_an_output_each(folder):
    splits = write_inputs(epochs=2)
    classes = ("bacteria", "normal", "virus")
    cases = read_cases("data/cases.parquet").frame
    labels = np.arange(len(cases)) // 12 % 3
    write_cases("data/cases.parquet", cases.assign(label=labels), classes)
    finetune.main()
    predictions = read_predictions("predictions/finetune.csv")
    kept = (splits["split"] != "excluded").to_numpy()
    assert predictions.frame["label"].tolist() == labels[kept].tolist()
    assert list(predictions.frame.columns[4:]) == [f"probability_{name}" for name in classes]
    np.testing.assert_allclose(predictions.probabilities().sum(axis=1), 1)
    model = TrainedModel.read(folder / "models/finetune")
    assert (model.classes, model.threshold) == (classes, None)
    part = predictions.of_split("validation")
    auc = roc_auc_score(part.frame["label"], part.probabilities(), multi_class="ovr")
    metrics = json.loads((folder / "metrics/finetune.json").read_text())
    assert metrics["validation"]["auc"]["value"] == pytest.approx(auc)
    assert learning_curve(folder / "curves/finetune")["validation_auc"].max() == pytest.approx(auc)
