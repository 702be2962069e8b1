"""A manifest of three classes through every stage, to the report and to new images."""

import csv
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from ruamel.yaml import YAML
from sklearn.metrics import accuracy_score, roc_auc_score

from pipeline import (
    crossvalidate,
    crossvalidate_finetune,
    ensemble,
    evaluate,
    extract,
    finetune,
    ingest,
    leaks,
    limits,
    paths,
    prepare,
    report,
    shortcuts,
    split,
    train,
)
from pipeline.artifacts.predictions import read_predictions
from pipeline.cli import main
from pipeline.params import load_params
from radbank.errors import RadbankError
from radbank.files import write_json

ROOT = Path(__file__).resolve().parents[2]
MODELS = load_params(ROOT / "params.yaml").models
ARMS = load_params(ROOT / "params.yaml").finetune.arms.names
CLASSES = ("bacteria", "normal", "virus, other")  # a comma must survive every table
N = 120


def write_study():
    """Write 120 images of 60 patients, each class bright in its own corner, and run the stages."""
    rng = np.random.default_rng(0)
    rows = [("path", "label", "group", "sex")]
    Path("raw").mkdir()
    for i in range(N):
        label = i // 2 % 3
        pixels = rng.integers(0, 120, (40, 40))
        corner = slice(20 * (label % 2), 20 * (label % 2) + 20)
        pixels[corner, 20 * (label // 2) : 20 * (label // 2) + 20] += 22
        Image.fromarray(pixels.astype(np.uint8)).save(f"raw/{i:03d}.png")
        rows.append((f"{i:03d}.png", CLASSES[label], f"p{i // 2:02d}", "FM"[i // 2 % 2]))
    with Path("raw/manifest.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    params = YAML(typ="safe").load(ROOT / "params.yaml")
    params |= {"backbone": "timm:test_efficientnet", "weights": "random"}
    params["data"] |= {"layout": "manifest", "root": "raw", "groups": None, "pseudonymise": False}
    params["prepare"]["size"] = 32
    params["split"] |= {"scheme": "cv", "repeats": 1, "folds": 3}
    params["heads"]["lightgbm"]["max_rounds"] = 15
    params["heads"]["mlp"] |= {"members": 1, "max_epochs": 5}
    params["seeds"] = 2
    params["finetune"]["image_size"] = 32
    for arm in params["finetune"]["arms"].values():
        arm |= {"epochs": 2, "warmup_epochs": 1, "learning_rate": arm["learning_rate"][:1]}
    params["finetune"]["batch_size"] = 8
    params["limits"] |= {"repeats": 1, "patients": [0.3, 1.0], "labels": [0.0, 0.3]}
    params["evaluate"] |= {"bootstrap": 200, "minimum_group": 5}
    write_json("params.yaml", params)  # JSON is YAML
    shutil.copy(ROOT / "joins.csv", "joins.csv")
    for stage in (ingest, prepare, split, extract, leaks):
        stage.main()
    for name in load_params(ROOT / "params.yaml").heads.names:
        train.main([name])
    for name in load_params(ROOT / "params.yaml").finetune.arms.names:
        finetune.main([name])
        crossvalidate_finetune.main([name])
    for stage in (ensemble, crossvalidate, limits, shortcuts, evaluate, report):
        stage.main()


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return the folder of a finished study; not to be changed."""
    folder = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_study()
    return folder


@pytest.fixture
def study(finished, monkeypatch):
    monkeypatch.chdir(finished)
    return finished


def read(name):
    return json.loads(Path("metrics", f"{name}.json").read_text())


def test_the_figures_are_those_of_the_predictions(study):
    summary = read("summary")
    assert list(summary["models"]) == list(MODELS)
    assert summary["n_by_class"] == dict.fromkeys(CLASSES, 8)
    assert "n_positive" not in summary
    for name, figures in summary["models"].items():
        part = read_predictions(paths.predictions(name)).of_split("test")
        labels, said = part.frame["label"], part.probabilities()
        aucs = [roc_auc_score(labels, each, multi_class="ovr") for each in part.trainings]
        assert figures["auc"]["value"] == pytest.approx(np.mean(aucs))
        accuracy = figures["accuracy"]
        right = [accuracy_score(labels, each.argmax(axis=1)) for each in part.trainings]
        assert accuracy["value"] == pytest.approx(np.mean(right))
        assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]
        each = read("scores")["classes"][name]
        assert list(each) == list(CLASSES)
        for label, figure in enumerate(each.values()):
            auc = roc_auc_score(labels == label, said[:, label])
            assert figure["auc"]["value"] == pytest.approx(auc)
    # corners are told apart even by an untrained network
    assert summary["models"]["logistic_regression"]["auc"]["value"] > 0.9
    assert "macro AUC" in summary["conclusion"]


def test_every_pair_is_compared_and_the_probe_is_scored_on_altered_views(study):
    found = read("comparisons")
    assert len(found["pairs"]) == len(MODELS) * (len(MODELS) - 1) // 2
    assert found["tests"].startswith("clustered DeLong (auc)")
    summary = read("summary")
    first = found["pairs"][0]
    difference = (
        summary["models"][first["first"]]["auc"]["value"]
        - summary["models"][first["second"]]["auc"]["value"]
    )
    assert first["auc"]["value"] == pytest.approx(difference)
    part = read_predictions("predictions/heads/linear_probe.csv").of_split("test")
    altered = roc_auc_score(part.frame["label"], part.probabilities("augmented"), multi_class="ovr")
    assert summary["linear_probe_augmented"]["auc"]["value"] == pytest.approx(altered)


def test_cross_validation_holds_out_every_image(study):
    found = read("crossvalidation")
    assert sum(found["n_by_class"].values()) == found["n"] == N
    frame = pd.read_csv("predictions/cv/mlp.csv", comment="#")
    columns = [f"probability_{name}" for name in CLASSES]
    assert list(frame.columns) == ["id", "group", "label", "repeat", "fold", *columns]
    assert len(frame) == N
    auc = roc_auc_score(frame["label"], frame[columns], multi_class="ovr")
    assert found["models"]["mlp"]["auc"]["value"] == pytest.approx(auc)
    of_folds = found["models"]["mlp"]["auc_of_folds"]
    assert of_folds["low"] <= of_folds["value"] <= of_folds["high"]


@pytest.mark.parametrize("arm", ARMS)
def test_every_arm_is_cross_validated_on_the_folds_of_the_heads(study, arm):
    found = read(f"cv_finetune/{arm}")
    heads = pd.read_csv("predictions/cv/mlp.csv", comment="#")
    frame = pd.read_csv(f"predictions/cv_finetune/{arm}.csv", comment="#")
    shared = ["id", "group", "label", "repeat", "fold"]
    pd.testing.assert_frame_equal(frame[shared], heads[shared])
    auc = roc_auc_score(frame["label"], frame.iloc[:, 5:], multi_class="ovr")
    assert found["models"][arm]["auc"]["value"] == pytest.approx(auc)
    assert (found["repeats"], found["folds"], found["weights"]) == (1, 3, "random")


def test_limits_subgroups_and_shortcuts_work_or_say_why_not(study):
    patients = pd.read_csv("curves/limits/patients.csv")
    assert (patients["low"] <= patients["value"]).all()
    labels = pd.read_csv("curves/limits/labels.csv").set_index(["kind", "share"])
    assert labels.loc[("flipped", 0.3), "value"] < labels.loc[("flipped", 0.0), "value"]
    assert pd.read_csv("curves/limits/balance.csv").empty
    assert list(pd.read_csv("curves/limits/suspects.csv").columns)[-2:] == [
        "suggested",
        "probability",
    ]
    assert "finding" not in {each["column"] for each in read("subgroups")["groups"]}
    groups = {(each["column"], each["value"]): each for each in read("subgroups")["groups"]}
    figures = groups["sex", "F"]["models"]["mlp"]
    assert set(figures) == {"auc", "accuracy"}
    assert sum(groups["sex", "F"]["n_by_class"].values()) == groups["sex", "F"]["n"]
    (sex,) = read("shortcuts")["probes"]
    assert sex["positive_with"] is None
    calibration = read("calibration")["models"]["mlp"]
    assert set(calibration["after"]) == {"brier", "log_loss"}
    assert len(calibration["parameters"]["intercept"]) == len(CLASSES)


def test_plots_of_two_classes_only_have_no_rows(study):
    rows = {path.stem: len(pd.read_csv(path)) for path in Path("plots").iterdir()}
    del rows["learning"]
    assert {kind for kind, n in rows.items() if n} == {
        "roc", "class_roc", "calibration", "confusion",
    }  # fmt: skip
    assert {kind for kind, n in rows.items() if not n} == {"precision_recall", "decision"}
    confusion = pd.read_csv("plots/confusion.csv").query("model == 'mlp'")
    assert set(confusion["actual"]) == set(CLASSES)


def test_the_report_shows_what_there_is_and_says_what_is_not(study):
    page = Path("report/index.html").read_text()
    assert "Macro AUC" in page
    assert "8 bacteria, 8 normal, 8 virus, other" in page
    assert "Each class against the rest" in page
    assert page.count("for two classes only, and these data have 3") == 2
    assert "With so few, bootstrap intervals are too narrow" in page
    for absent in ("Youden", "positive class", "Net benefit", ">None<"):
        assert absent not in page, absent
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("model", ["models/ensemble", "models/finetune/finetune-seed"])
def test_new_images_get_a_probability_of_each_class(study, model, capsys):
    main(["predict", model, "raw"])
    out, err = capsys.readouterr()
    rows = list(csv.reader(out.splitlines()))
    assert rows[0] == ["id", *(f"probability_{name}" for name in CLASSES), "predicted"]
    assert "'bacteria', 'normal', 'virus, other'" in err
    said = {row[0]: [float(number) for number in row[1:-1]] for row in rows[1:]}
    assert len(said) == N
    assert all(row[-1] == CLASSES[np.argmax(said[row[0]])] for row in rows[1:])
    written = read_predictions(paths.predictions(Path(model).name))
    expected = dict(zip(written.frame["id"], written.probabilities().tolist(), strict=True))
    for path, numbers in said.items():
        assert sum(numbers) == pytest.approx(1)
        assert numbers == pytest.approx(expected[Path(path).stem], rel=1e-4, abs=1e-6)


def test_a_class_with_too_few_patients_is_named(study, tmp_path, monkeypatch):
    shutil.copytree(study, tmp_path / "few")
    monkeypatch.chdir(tmp_path / "few")
    lines = Path("raw/manifest.csv").read_text().splitlines()
    kept = [line for i, line in enumerate(lines) if "virus" not in line or i < 20]
    Path("raw/manifest.csv").write_text("\n".join(kept) + "\n")
    for stage in (ingest, prepare):
        stage.main()
    with pytest.raises(
        RadbankError, match=r"1 patients with virus, other images, too few for 3 folds"
    ):
        split.main()
