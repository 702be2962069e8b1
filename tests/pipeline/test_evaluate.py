import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from heads.base import by_class
from pipeline import paths
from pipeline.artifacts.cases import read_cases, write_cases
from pipeline.artifacts.predictions import Predictions, read_predictions, write_predictions
from pipeline.evaluate import main
from pipeline.params import load_params
from radbank.errors import RadbankError
from radbank.files import write_json, write_text

ROOT = Path(__file__).resolve().parents[2]
MODELS = load_params(ROOT / "params.yaml").models
FLOORS = ("metadata", "shuffled")
PROVENANCE = {
    "backbone": "resnet50",
    "weights": "random",
    "weights_random": True,
    "synthetic": True,
    "classes": ["normal", "opacity"],
}


def write_model(name, *, seed, test=True, healthy=False, provenance=PROVENANCE):
    """Write predictions of 160 cases of 80 patients; `healthy`: all of test are negative."""
    n = 160
    generator = np.random.default_rng(seed)
    labels = np.arange(n) // 2 % 3 % 2
    if healthy:
        labels[110:] = 0
    scores = 1 / (1 + np.exp(-generator.normal(2 * labels - 1, 1.2, size=(2, n)))).T
    cases = pd.DataFrame(
        {
            "id": [f"i{i:03}" for i in range(n)],
            "group": [f"p{i // 2:03}" for i in range(n)],
            "label": labels,
            "split": ["train"] * 60 + ["validation"] * 50 + (["test"] if test else ["train"]) * 50,
        }
    )
    predictions = Predictions.of_views(cases, by_class(scores), provenance)
    if name in FLOORS:
        known = {**provenance, "fields": ["sex", "age", "height"]}
        weak = by_class(scores[:, 0] / 10 + generator.random(n) / 2)
        floor = Predictions.of_views(cases, weak, known)
        write_predictions(paths.FLOOR_PREDICTIONS / f"{name}.csv", floor)
        return
    write_predictions(paths.predictions(name), predictions)
    write_json(paths.metrics(name), {"inner_cv": {"auc": 0.8 - 0.01 * seed}})


@pytest.fixture
def study(tmp_path, monkeypatch, changed_params):
    """Make a folder with all that the stage reads, the current one."""
    monkeypatch.chdir(tmp_path)
    changed_params({"evaluate": {"bootstrap": 200}})
    for seed, name in enumerate((*MODELS, *FLOORS)):
        write_model(name, seed=seed)
    n = 160
    cases = pd.DataFrame(
        {
            "id": [f"i{i:03}" for i in range(n)],
            "group": "p",
            "path": "x",
            "label": 0,
            "finding": None,
            "boxes": None,
            "sex": ["F", "M"] * (n // 2),
            "age": np.arange(n) % 80 + 10.0,
            "view": "PA",
            "modality": None,
            "official_split": None,
            "height": 9,
            "width": 9,
            "sha256": "0",
            "synthetic": True,
        }
    )
    write_cases("data/cases.parquet", cases, ("normal", "opacity"))
    for name in ("train/loss", "validation/loss", "validation/auc"):
        curve = f"step\t{Path(name).name}\n1\t0.7\n2\t0.6\n"
        for arm in ("finetune-seed", "finetune-modern", "last-block"):
            write_text(f"curves/finetune/{arm}/plots/metrics/{name}.tsv", curve)
    return tmp_path


def outputs():
    found = [*sorted(Path("metrics").iterdir()), *sorted(Path("plots").iterdir())]
    return {path.name: path.read_bytes() for path in found if path.is_file()}


def test_the_stage_writes_a_summary_and_every_plot(study, capsys):
    main()
    summary = json.loads(Path("metrics/summary.json").read_text())
    assert summary["data"] == "synthetic demo cohort (not patients)"
    assert summary["weights"] == "random"
    assert summary["split"] == "test"
    assert (summary["n"], summary["n_patients"]) == (50, 25)
    assert list(summary["models"]) == list(MODELS)
    assert summary["linear_probe_augmented"]["auc"]["value"] > 0.5
    assert "synthetic" in summary["conclusion"]
    assert len(summary["differences"]) == len(MODELS) * (len(MODELS) - 1) // 2
    plots = {path.stem for path in Path("plots").iterdir()}
    assert plots == {
        *("roc", "class_roc", "precision_recall", "calibration", "decision", "confusion"),
        "learning",
    }
    augmented = {name for name in summary if name.endswith("_augmented")}
    assert augmented == {"linear_probe_augmented"}
    printed = capsys.readouterr().out
    for words in ("SYNTHETIC", "RANDOM", "logistic_regression", summary["conclusion"][:40]):
        assert words in printed


def test_the_primary_comparison_is_fixed_before_a_prediction_is_read(study):
    paths.predictions("mlp").unlink()
    with pytest.raises(RadbankError, match="There is no"):
        main()
    plan = json.loads(paths.PLAN.read_text())
    assert (plan["first"], plan["second"]) == ("finetune-seed", "logistic_regression")
    assert len(plan["sha256"]) == 64
    assert not paths.SUMMARY.exists()


def test_the_conclusion_is_of_the_plan_and_says_what_the_list_says(study):
    main()
    summary = json.loads(paths.SUMMARY.read_text())
    assert summary["plan_sha256"] == json.loads(paths.PLAN.read_text())["sha256"]
    found = json.loads(paths.COMPARISONS.read_text())
    (primary,) = (pair for pair in found["pairs"] if pair["primary"])
    assert (primary["first"], primary["second"]) == ("finetune-seed", summary["best_head"])
    assert primary["auc"]["p_holm"] == primary["auc"]["p"]
    listed = next(
        each
        for each in summary["differences"]
        if each.startswith("finetune-seed minus logistic regression")
    )
    conclusion = summary["conclusion"].split(" A model of ")[0]
    assert conclusion.split("), ")[-1].startswith(listed.split("), ")[-1][:20])
    assert found["reading"].startswith("The primary comparison (finetune-seed minus logistic")


def test_a_second_run_writes_the_same_bytes(study):
    main()
    first = outputs()
    shutil.rmtree("plots")
    main()
    assert outputs() == first


def test_what_does_not_fit_a_summary_has_files_of_its_own(study):
    main()
    found = {
        name: json.loads(Path(f"metrics/{name}.json").read_text())
        for name in ("scores", "comparisons", "calibration", "subgroups")
    }
    for content in found.values():
        assert content["data"] == "synthetic demo cohort (not patients)"
        assert content["weights"] == "random"
        assert content["split"] == "test"
    figures = found["scores"]["models"]["mlp"]
    for name in ("mcc", "sensitivity_at_specificity_0.9", "npv_at_prevalence_0.05"):
        assert figures[name]["low"] < figures[name]["high"]
    assert figures["ece"]["low"] is None
    pairs = {(each["first"], each["second"]): each for each in found["comparisons"]["pairs"]}
    summary = json.loads(Path("metrics/summary.json").read_text())
    best = pairs["finetune-seed", summary["best_head"]]
    assert best["auc"]["value"] == summary["primary_minus_best_head"]["auc"]["value"]
    assert set(found["calibration"]["models"]["mlp"]) == {"parameters", "before", "after"}
    groups = found["subgroups"]["groups"]
    assert {each["column"] for each in groups} == {"sex", "age"}


def test_cases_that_are_not_those_of_the_predictions_are_refused(study):
    write_cases("data/cases.parquet", read_cases("data/cases.parquet").frame[:150], ("a", "b"))
    with pytest.raises(RadbankError, match=r"lacks 10 of the predicted cases"):
        main()


def test_without_a_test_split_validation_is_reported_and_flagged(study, capsys):
    for seed, name in enumerate((*MODELS, *FLOORS)):
        write_model(name, seed=seed, test=False)
    main()
    summary = json.loads(Path("metrics/summary.json").read_text())
    assert summary["split"] == "validation"
    assert summary["split_note"].startswith("optimistic")
    assert "optimistic" in summary["conclusion"]
    assert "NO TEST SPLIT" in capsys.readouterr().out


def test_a_healthy_test_set_has_specificity_and_all_else_that_is_defined(study, capsys):
    for seed, name in enumerate((*MODELS, *FLOORS)):
        write_model(name, seed=seed, healthy=True)
    main()
    summary = json.loads(Path("metrics/summary.json").read_text())
    scores = json.loads(Path("metrics/scores.json").read_text())["models"]["mlp"]
    assert summary["n_positive"] == 0
    for name in ("specificity", "accuracy", "brier"):
        assert scores[name]["low"] < scores[name]["value"] < scores[name]["high"]
    for name in ("auc", "sensitivity", "average_precision", "f1", "mcc"):
        assert scores[name]["value"] is None
    assert "the test split holds no opacity image" in summary["conclusion"]
    assert "specificity" in capsys.readouterr().out.lower()
    pairs = json.loads(Path("metrics/comparisons.json").read_text())["pairs"]
    assert not any(pair["better"] or pair["first_not_worse"] for pair in pairs)
    assert any(pair["accuracy"]["p"] is not None for pair in pairs)


def test_models_of_other_splits_are_refused_and_nothing_is_written(study):
    write_model("finetune-seed", seed=9, test=False)
    with pytest.raises(
        RadbankError, match="finetune-seed and logistic_regression differ in column"
    ):
        main()
    assert not paths.SUMMARY.exists()
    assert not Path("plots").exists()


def test_models_of_another_backbone_are_refused(study):
    write_model("mlp", seed=9, provenance={**PROVENANCE, "backbone": "vgg19"})
    with pytest.raises(RadbankError, match=r"differ in backbone \('vgg19' and 'resnet50'\)"):
        main()


def test_a_missing_model_is_named(study):
    Path("predictions/heads/mlp.csv").unlink()
    with pytest.raises(RadbankError, match=r"There is no predictions/heads/mlp\.csv"):
        main()


def test_floors_stand_beside_every_model(study):
    main()
    found = json.loads(paths.FLOORS.read_text())
    summary = json.loads(paths.SUMMARY.read_text())
    assert list(found["models"]) == list(MODELS)
    alone = found["metadata"]["auc"]["value"]
    for name, floor in found["models"].items():
        auc = summary["models"][name]["auc"]
        assert floor["auc"] == {**floor["auc"], **{key: auc[key] for key in ("value", "low")}}
        beyond = floor["beyond_metadata"]
        assert beyond["value"] == pytest.approx(auc["value"] - alone)
        assert beyond["low"] < beyond["value"] < beyond["high"]
        assert beyond["p"] <= beyond["p_holm"]
    assert found["sentence"].startswith("A model of sex, age and the image's height alone")
    assert summary["conclusion"].endswith(found["sentence"])


def test_the_auc_within_a_view_is_of_its_images(study, monkeypatch):
    cases = read_cases("data/cases.parquet")
    frame = cases.frame.assign(view=["AP", "AP", "PA", "PA"] * 40)
    write_cases("data/cases.parquet", frame, cases.classes)
    main()
    assert json.loads(paths.FLOORS.read_text())["views"] == []  # 4 positive patients in each
    monkeypatch.setattr("pipeline.probing.floors.LEAST_OF_CLASS", 3)
    main()
    found = json.loads(paths.FLOORS.read_text())
    assert [view["value"] for view in found["views"]] == ["AP", "PA"]
    assert sum(view["n"] for view in found["views"]) == 50
    told = read_predictions(paths.predictions("mlp")).of_split("test").frame
    portable = told[told["id"].isin(frame["id"][frame["view"] == "AP"])]
    within = found["models"]["mlp"]["within"]["AP"]
    expected = roc_auc_score(portable["label"], portable["probability"])
    assert within["value"] == pytest.approx(expected)
    assert within["low"] < expected < within["high"]


def test_metadata_that_do_not_differ_are_no_floor(study):
    path = paths.FLOOR_PREDICTIONS / "metadata.csv"
    told = read_predictions(path)
    same = told.frame.assign(probability=0.3)
    write_predictions(path, Predictions(same, {**told.provenance, "fields": []}))
    main()
    found = json.loads(paths.FLOORS.read_text())
    assert found["metadata"]["auc"]["value"] is None
    beyond = [model["beyond_metadata"] for model in found["models"].values()]
    assert {(each["value"], each["p"]) for each in beyond} == {(None, None)}
    assert found["shuffled"]["auc"]["value"] > 0
    assert "do not differ between training images" in found["sentence"]


def test_floors_of_other_cases_are_refused(study):
    write_model("metadata", seed=1, test=False)
    with pytest.raises(RadbankError, match=r"floors/metadata\.csv is not of the cases"):
        main()


def test_changed_labels_of_the_reported_split_are_counted(study):
    cases = read_cases(paths.CASES)
    frame = cases.frame.assign(read_again=None, given_label=pd.array([None] * 160, dtype="Int64"))
    read = frame["id"].isin(["i000", "i155", "i156", "i157"])  # the first is for training
    frame.loc[read, "given_label"] = 1 - frame.loc[read, "label"]
    frame.loc[frame["id"] == "i157", "given_label"] = frame["label"]  # confirmed
    frame.loc[read, "read_again"] = "suspect"
    write_cases(paths.CASES, frame, cases.classes)
    main()
    found = json.loads(paths.SUMMARY.read_text())
    assert found["relabelled"] == 2
    assert "2 of 50 labels changed by a second reading" in found["conclusion"]
