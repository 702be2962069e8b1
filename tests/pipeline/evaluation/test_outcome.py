import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from pipeline.artifacts.task import Task
from pipeline.evaluation.comparison import compare
from pipeline.evaluation.metrics import main_metrics
from pipeline.evaluation.outcome import summarise
from pipeline.evaluation.study import Study

SETTINGS = {"n_bootstrap": 300, "confidence": 0.95, "seed": 0}


@pytest.fixture
def summary_of(plan):
    """Return a function that compares models and sums up."""

    def summarised(models, **options):
        study = Study.of(models)
        primary = plan.first, study.best_head
        pairs = compare(study.compared, SETTINGS, margin=plan.margin, primary=primary)
        return summarise(study, pairs, SETTINGS, plan, **options)

    return summarised


def written(summary):
    return summary.model_dump(exclude_unset=True)


@pytest.fixture
def models(invent):
    return {
        "lightgbm": invent(0.5, seed=1),
        "mlp": invent(1.2, seed=2),
        "linear_probe": invent(0.3, seed=3, views=True),
        "finetune-seed": invent(0.9, seed=4),
    }


def test_the_file_says_what_was_evaluated_and_how(models, summary_of):
    found = written(summary_of(models))
    json.dumps(found, allow_nan=False)
    assert set(found) == {
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
        "best_head_by",
        "models",
        "linear_probe_augmented",
        "primary",
        "plan_sha256",
        "primary_minus_best_head",
        "conclusion",
        "conditions",
        "relabelled",
        "differences",
    }
    assert (found["data"], found["weights"]) == ("real images", "resnet50.tv_in1k")
    assert (found["n"], found["n_patients"], found["split_note"]) == (40, 20, None)
    assert list(found["models"]) == list(models)
    for figures in found["models"].values():
        names = {metric.name for metric in main_metrics(Task.of(["normal", "opacity"]))}
        assert set(figures) == {"threshold", "degenerate_resamples", *names}


def test_figures_are_those_of_the_test_cases(models, summary_of):
    found = summary_of(models)
    for name, predictions in models.items():
        test = predictions.frame[predictions.frame["split"] == "test"]
        auc = roc_auc_score(test["label"], test["probability"])
        assert found.models[name].auc.value == pytest.approx(auc, abs=1e-12)
    test = models["linear_probe"].frame[80:]
    auc = roc_auc_score(test["label"], test["probability_augmented"])
    assert found.augmented["linear_probe"].auc.value == pytest.approx(auc, abs=1e-12)


def test_the_difference_is_fine_tuning_minus_the_best_head(models, summary_of):
    found = summary_of(models)
    assert found.best_head == "mlp"
    for name in ("auc", "accuracy", "brier"):
        tuned, mlp = (
            found.models[model].estimate(name).value for model in ("finetune-seed", "mlp")
        )
        figure = getattr(found.primary_minus_best_head, name)
        assert figure.value == pytest.approx(tuned - mlp)
    assert set(written(found)["primary_minus_best_head"]["auc"]) == {"value", "low", "high"}


def test_every_pair_has_its_sentence_heads_taken_from_fine_tuning(models, summary_of):
    said = summary_of(models).differences
    assert len(said) == 6
    assert [each.split(":")[0] for each in said[:3]] == [
        "finetune-seed minus lightgbm",
        "finetune-seed minus mlp",
        "finetune-seed minus linear probe",
    ]


def test_a_class_missing_on_validation_leaves_no_best_head_and_says_so(models, summary_of):
    def one_class(predictions):
        frame = predictions.frame
        labels = np.where(frame["split"] == "validation", 0, frame["label"])
        return replace(predictions, frame=frame.assign(label=labels))

    found = written(summary_of({name: one_class(each) for name, each in models.items()}))
    assert found["best_head"] is None
    assert found["primary_minus_best_head"] is None
    assert "validation lacks a class" in found["conclusion"]
    assert found["models"]["mlp"]["threshold"] == 0.5


def test_a_class_missing_on_test_leaves_null_figures(models, summary_of):
    def one_class(predictions):
        frame = predictions.frame
        labels = np.where(frame["split"] == "test", 0, frame["label"])
        return replace(predictions, frame=frame.assign(label=labels))

    found = written(summary_of({name: one_class(each) for name, each in models.items()}))
    json.dumps(found, allow_nan=False)
    assert found["n_positive"] == 0
    assert found["models"]["mlp"]["auc"] == {"value": None, "low": None, "high": None}
    assert found["primary_minus_best_head"]["auc"]["value"] is None
    assert "the test split holds no opacity image" in found["conclusion"]


def test_labels_that_a_second_reading_changed_are_named(models, summary_of):
    said = "3 of 200 labels changed by a second reading, which favours models that contradicted"
    changed, plain = summary_of(models, relabelled=3), summary_of(models)
    assert said.replace("200", str(changed.n)) in changed.conclusion
    assert "second reading" not in plain.conclusion
