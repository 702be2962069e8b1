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
from pipeline.artifacts.cost import Cost
from pipeline.artifacts.document import read_document
from pipeline.artifacts.images import open_images, write_images
from pipeline.artifacts.learning import learning_curve
from pipeline.artifacts.predictions import read_predictions
from pipeline.artifacts.trained_model import TrainedModel
from pipeline.evaluation.thresholds import youden_threshold
from pipeline.finetuning import resume, trainings
from pipeline.finetuning.arms import ARMS
from pipeline.finetuning.processes.group import ProcessGroup
from pipeline.prediction.model import load_predictor
from radbank.errors import RadbankError
from radbank.files import sha256_file, write_json
from radbank.home import cache

ROOT = Path(__file__).resolve().parents[2]
SIDE = 32
ARM = "finetune-seed"
FOLDS = [0, 1, 0, -1, -1, -1]
SPLITS = ["train", "train", "train", "validation", "test", "excluded"]


def write_inputs(n=48, epochs=3, seeds=1, **settings):
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
            "fold": [FOLDS[i // 2 % len(FOLDS)] for i in range(n)],
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
    params["finetune"]["batch_size"] = 8
    params["finetune"]["demo"] = {"epochs": epochs, "image_size": SIDE, "seeds": seeds}
    params["finetune"]["arms"][ARM]["checkpoint_every"] = 1
    params["finetune"]["arms"][ARM] |= settings
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
        if path.is_file() and "cost" not in path.parts
    }


def test_a_network_is_trained_saved_and_scored(folder, capsys):
    splits = write_inputs()
    finetune.main([ARM])

    predictions = read_predictions(f"predictions/finetune/{ARM}.csv")
    used = splits[splits["split"] != "excluded"].reset_index(drop=True)
    for column in ("id", "group", "split"):
        assert predictions.frame[column].tolist() == used[column].tolist()
    assert predictions.provenance["weights_random"]

    model = TrainedModel.read(folder / f"models/finetune/{ARM}")
    assert (model.kind, model.backbone, model.n_train) == ("finetune", "timm:test_efficientnet", 24)
    assert model.preprocessing["input_size"] == SIDE
    on_validation = predictions.frame[predictions.frame["split"] == "validation"]
    assert model.threshold == youden_threshold(on_validation["label"], on_validation["probability"])

    metrics = json.loads((folder / f"metrics/finetune/{ARM}.json").read_text())
    assert metrics["data"] == "synthetic demo cohort (not patients)"
    assert metrics["weights"] == "random"
    auc = roc_auc_score(on_validation["label"], on_validation["probability"])
    assert metrics["validation"]["auc"]["value"] == pytest.approx(auc)
    curve = learning_curve(folder / f"curves/finetune/{ARM}")
    assert curve["epoch"].tolist() == [1, 2, 3]
    assert auc == pytest.approx(curve["validation_auc"].max())  # the best epoch, not the last
    ranked = curve.sort_values(["validation_auc", "validation_loss"], ascending=[False, True])
    assert ranked["epoch"].iloc[0] == metrics["chosen"]["epoch"]
    cost = read_document(Cost, folder / f"metrics/cost/finetune/{ARM}.json")
    assert cost.training.images == 24
    assert cost.training.passes == 3 * (24 + len(on_validation))
    assert cost.training.seconds > 0
    assert cost.inference.passes == len(used)

    said = capsys.readouterr().out
    assert "epoch 3/3: loss" in said
    assert "random" in said
    assert "synthetic" in said


def test_batches_smaller_than_the_processes_are_refused(folder):
    write_inputs()
    params = json.loads(Path("params.yaml").read_text())
    params["finetune"] |= {"batch_size": 2, "processes": "auto"}
    write_json("params.yaml", params)
    with pytest.raises(RadbankError, match="batch_size is 2, and 3 processes would share each"):
        finetune.train(ProcessGroup(0, 3), ARM)


def test_two_equal_runs_give_equal_bytes(folder):
    write_inputs()
    finetune.main([ARM])
    first = outputs(folder)
    finetune.main([ARM])
    assert outputs(folder) == first
    assert {f"models/finetune/{ARM}/model.safetensors", f"predictions/finetune/{ARM}.csv"} <= set(
        first
    )


def test_a_stage_that_is_killed_goes_on_where_it_was(folder, monkeypatch, capsys):
    write_inputs()
    finetune.main([ARM])
    whole = outputs(folder)
    left = set((cache() / "training").glob("*"))
    monkeypatch.setattr(resume, "_EVERY", 0.0)
    progress = trainings.progress

    def cut(epoch, *rest):
        if epoch.number == 3:
            raise KeyboardInterrupt
        return progress(epoch, *rest)

    monkeypatch.setattr(trainings, "progress", cut)
    with pytest.raises(KeyboardInterrupt):
        finetune.main([ARM])
    capsys.readouterr()
    monkeypatch.setattr(trainings, "progress", progress)
    finetune.main([ARM])
    assert "going on at step" in capsys.readouterr().out
    assert outputs(folder) == whole
    assert set((cache() / "training").glob("*")) == left


def test_other_seeds_are_further_trainings(folder):
    write_inputs(seeds=3)
    finetune.main([ARM])
    predictions = read_predictions(f"predictions/finetune/{ARM}.csv")
    assert len(predictions.trainings) == 3
    assert not np.array_equal(*predictions.trainings[:2])
    assert json.loads((folder / f"metrics/finetune/{ARM}.json").read_text())["trainings"] == 3


@pytest.mark.parametrize("arm", ARMS)
def test_every_arm_trains(folder, arm):
    write_inputs(epochs=2)
    finetune.main([arm])
    predictor = load_predictor(folder / f"models/finetune/{arm}")
    assert predictor.model.name == arm
    predictions = read_predictions(f"predictions/finetune/{arm}.csv")
    with open_images("data/images.h5") as images:
        kept = [images.ids.index(name) for name in predictions.frame["id"]]
        again = np.concatenate(list(predictor.score(images.pixels[:])))[kept]
    np.testing.assert_array_equal(again[:, 1], predictions.frame["probability"])
    check_cost(read_document(Cost, folder / f"metrics/cost/finetune/{arm}.json"), arm)


def check_cost(cost, arm, epochs=2, train=24, validation=8, views=4):
    """Check passes and operations: whole networks thrice a step, a trunk once a view."""
    starting = 0 if arm == "finetune-seed" else train  # embedded for the logistic regression
    banked = train * (1 + views) + validation if arm == "last-block" else 0
    whole = cost.inference.gflops / cost.inference.passes
    operations = (3 * train + validation) * epochs + starting
    assert cost.training.passes == (train + validation) * epochs + starting + banked
    if arm == "last-block":
        assert (cost.bank.computed, cost.bank.reused) == (banked, 0)
        assert cost.training.gflops < (operations + banked) * whole
    else:
        assert cost.bank is None
        assert cost.training.gflops == pytest.approx(operations * whole)
    assert cost.training.seconds > 0
    assert cost.search.passes == 0  # one rate in the profile demo
    assert cost.other_seeds is None


def test_an_arm_without_a_block_is_refused(folder):
    write_inputs()
    params = json.loads((folder / "params.yaml").read_text())
    del params["finetune"]["arms"]["finetune-modern"]
    write_json("params.yaml", params)
    with pytest.raises(RadbankError, match=r"no block finetune\.arms\.finetune-modern"):
        finetune.main(["finetune-modern"])


def test_a_split_of_one_class_is_refused(folder):
    splits = write_inputs()
    splits.loc[np.arange(48) // 12 % 2 == 1, "split"] = "train"
    splits.to_csv("data/splits.csv", index=False)
    with pytest.raises(RadbankError, match="validation split holds no image of class 'yes'"):
        finetune.main([ARM])


def test_splits_of_other_images_are_refused(folder):
    write_inputs()[:40].to_csv("data/splits.csv", index=False)
    with pytest.raises(RadbankError, match="not of the same images"):
        finetune.main([ARM])


def test_three_classes_have_an_output_each(folder):
    splits = write_inputs(epochs=2)
    classes = ("bacteria", "normal", "virus")
    cases = read_cases("data/cases.parquet").frame
    labels = np.arange(len(cases)) // 12 % 3
    write_cases("data/cases.parquet", cases.assign(label=labels), classes)
    finetune.main([ARM])
    predictions = read_predictions(f"predictions/finetune/{ARM}.csv")
    kept = (splits["split"] != "excluded").to_numpy()
    assert predictions.frame["label"].tolist() == labels[kept].tolist()
    assert list(predictions.frame.columns[4:]) == [f"probability_{name}" for name in classes]
    np.testing.assert_allclose(predictions.probabilities().sum(axis=1), 1)
    model = TrainedModel.read(folder / f"models/finetune/{ARM}")
    assert (model.classes, model.threshold) == (classes, None)
    part = predictions.of_split("validation")
    auc = roc_auc_score(part.frame["label"], part.probabilities(), multi_class="ovr")
    metrics = json.loads((folder / f"metrics/finetune/{ARM}.json").read_text())
    assert metrics["validation"]["auc"]["value"] == pytest.approx(auc)
    assert learning_curve(folder / f"curves/finetune/{ARM}")[
        "validation_auc"
    ].max() == pytest.approx(auc)
