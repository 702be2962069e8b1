import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from pipeline.evaluation.comparison import compare
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.study import Study
from pipeline.evaluation.summary import best_head, compared_models, summarise

SETTINGS = {"n_bootstrap": 300, "confidence": 0.95, "seed": 0}


def summary_of(models):
    study = Study.of(models)
    comparisons = compare(compared_models(study), **SETTINGS)
    return summarise(study, comparisons, margin=0.02, **SETTINGS)


@pytest.fixture
def models(invent):
    return {
        "lightgbm": invent(0.5, seed=1),
        "mlp": invent(1.2, seed=2),
        "linear_probe": invent(0.3, seed=3, views=True),
        "finetune": invent(0.9, seed=4),
    }


def with_split(predictions, split, probability):
    """Replace the probabilities of one split."""
    frame = predictions.frame
    changed = frame["probability"].where(frame["split"] != split, probability)
    return replace(predictions, frame=frame.assign(probability=changed))


def test_the_file_says_what_was_evaluated_and_how(models):
    found = summary_of(models).to_dict()
    json.dumps(found, allow_nan=False)
    assert list(found) == [
        "data",
        "backbone",
        "weights",
        "split",
        "split_note",
        "n",
        "n_patients",
        "n_positive",
        "confidence",
        "bootstrap",
        "interval",
        "best_head",
        "models",
        "linear_probe_augmented",
        "finetune_minus_best_head",
        "conclusion",
        "differences",
    ]
    assert (found["data"], found["weights"]) == ("real images", "resnet50.tv_in1k")
    assert (found["n"], found["n_patients"], found["split_note"]) == (40, 20, None)
    assert list(found["models"]) == list(models)
    for figures in found["models"].values():
        assert set(figures) == {"threshold", "degenerate_resamples", *METRICS}


def test_figures_are_those_of_the_test_cases(models):
    found = summary_of(models)
    for name, predictions in models.items():
        test = predictions.frame[predictions.frame["split"] == "test"]
        auc = roc_auc_score(test["label"], test["probability"])
        assert found.models[name]["auc"]["value"] == pytest.approx(auc, abs=1e-12)
    test = models["linear_probe"].frame[80:]
    auc = roc_auc_score(test["label"], test["probability_augmented"])
    assert found.probe_augmented["auc"]["value"] == pytest.approx(auc, abs=1e-12)


def test_the_difference_is_fine_tuning_minus_the_best_head(models):
    found = summary_of(models)
    assert found.heading.best_head == "mlp"
    for name in ("auc", "accuracy", "brier"):
        difference = found.models["finetune"][name]["value"] - found.models["mlp"][name]["value"]
        figure = getattr(found.finetune_minus_best_head, name)
        assert figure.value == pytest.approx(difference)
    assert set(found.to_dict()["finetune_minus_best_head"]["auc"]) == {"value", "low", "high"}


def test_every_pair_has_its_sentence_heads_taken_from_fine_tuning(models):
    said = summary_of(models).differences
    assert len(said) == 6
    assert [each.split(":")[0] for each in said[:3]] == [
        "finetune minus lightgbm",
        "finetune minus mlp",
        "finetune minus linear probe",
    ]


def test_the_best_head_is_chosen_on_validation_never_on_test(models):
    labels = models["mlp"].frame["label"]
    perfect_on_test = with_split(models["lightgbm"], "test", labels.astype(float))
    assert best_head(Study.of({**models, "lightgbm": perfect_on_test})) == "mlp"
    perfect_on_validation = with_split(models["lightgbm"], "validation", labels.astype(float))
    assert best_head(Study.of({**models, "lightgbm": perfect_on_validation})) == "lightgbm"


def test_of_equal_heads_the_first_is_best(models):
    assert best_head(Study.of({"a": models["mlp"], "b": models["mlp"]})) == "a"


def test_fine_tuning_is_no_head(models):
    labels = models["mlp"].frame["label"].astype(float)
    perfect = with_split(models["finetune"], "validation", labels)
    assert best_head(Study.of({**models, "finetune": perfect})) == "mlp"


def test_a_class_missing_on_validation_leaves_no_best_head_and_says_so(models):
    def one_class(predictions):
        frame = predictions.frame
        labels = np.where(frame["split"] == "validation", 0, frame["label"])
        return replace(predictions, frame=frame.assign(label=labels))

    found = summary_of({name: one_class(each) for name, each in models.items()}).to_dict()
    assert found["best_head"] is None
    assert found["finetune_minus_best_head"] is None
    assert "lacks a class" in found["conclusion"]
    assert found["models"]["mlp"]["threshold"] == 0.5


def test_a_class_missing_on_test_leaves_null_figures(models):
    def one_class(predictions):
        frame = predictions.frame
        labels = np.where(frame["split"] == "test", 0, frame["label"])
        return replace(predictions, frame=frame.assign(label=labels))

    found = summary_of({name: one_class(each) for name, each in models.items()}).to_dict()
    json.dumps(found, allow_nan=False)
    assert found["n_positive"] == 0
    assert found["models"]["mlp"]["auc"] == {"value": None, "low": None, "high": None}
    assert found["finetune_minus_best_head"]["auc"]["value"] is None
    assert "lacks a class" in found["conclusion"]
