import json
import tracemalloc

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from heads.base import by_class
from pipeline.artifacts.task import Task
from pipeline.evaluation.metrics import main_metrics
from pipeline.evaluation.score import model_metrics, score_each_class
from pipeline.evaluation.score import score as score_classes
from pipeline.evaluation.thresholds import youden_threshold
from pipeline.statistics.auc import auc_interval
from pipeline.statistics.proportion import share_interval

SETTINGS = {"threshold": 0.5, "n_bootstrap": 500, "confidence": 0.95, "seed": 0}
INTERVALS = {"n_bootstrap": 300, "confidence": 0.95, "seed": 0}
TASK = Task.of(["no", "yes"])
METRICS = [metric.name for metric in main_metrics(TASK)]
EFFECT = 1.0
TRUE_AUC = 0.7602499389065233  # Phi(EFFECT / sqrt 2)


def cohort(generator, n, effect=EFFECT):
    """Draw labels and probabilities whose true AUC is Phi(effect / sqrt 2)."""
    labels = np.arange(n) % 2
    logits = generator.normal(effect * labels)
    return labels, 1 / (1 + np.exp(-logits))


def score(labels, probabilities, groups, **settings):
    both = by_class(np.asarray(probabilities, dtype=float))
    return score_classes(np.asarray(labels, dtype=int), both, groups, task=TASK, **settings)


def test_what_is_returned():
    labels, probabilities = cohort(np.random.default_rng(0), 100)
    groups = np.arange(100) // 2
    found = score(labels, probabilities, groups, **SETTINGS)
    assert found["n"] == 100
    assert found["n_patients"] == 50
    assert found["n_positive"] == 50
    assert found["threshold"] == 0.5
    assert found["degenerate_resamples"] == 0
    assert found["auc"]["value"] == pytest.approx(roc_auc_score(labels, probabilities), abs=1e-12)
    for name in METRICS:
        assert set(found[name]) == {"value", "low", "high"}
        assert found[name]["low"] < found[name]["value"] < found[name]["high"]
    json.dumps(found, allow_nan=False)


def test_patients_under_other_names_give_the_same_intervals():
    generator = np.random.default_rng(1)
    labels, probabilities = cohort(generator, 60)
    groups = generator.integers(0, 40, 60)
    names = generator.permutation(40)[groups].astype(str)
    first = score(labels, probabilities, groups, **SETTINGS)
    assert first == score(labels, probabilities, names, **SETTINGS)


def test_intervals_of_the_auc_cover_the_truth_about_as_often_as_they_say():
    generator = np.random.default_rng(2)
    covered = 0
    for _ in range(200):
        labels, probabilities = cohort(generator, 100)
        auc = score(labels, probabilities, np.arange(100), **{**SETTINGS, "n_bootstrap": 300})
        covered += auc["auc"]["low"] <= TRUE_AUC <= auc["auc"]["high"]
    assert 0.90 <= covered / 200 <= 0.985


def test_images_of_one_patient_widen_the_interval():
    labels, probabilities = (np.repeat(each, 4) for each in cohort(np.random.default_rng(3), 60))
    by_patient = score(labels, probabilities, np.arange(240) // 4, **SETTINGS)["auc"]
    by_image = score(labels, probabilities, np.arange(240), **SETTINGS)["auc"]
    assert by_patient["value"] == by_image["value"]
    assert by_patient["high"] - by_patient["low"] > 1.6 * (by_image["high"] - by_image["low"])


@pytest.mark.parametrize("label", [0, 1])
def test_a_single_class_leaves_some_metrics_undefined(label):
    found = score(np.full(30, label), np.linspace(0, 1, 30), np.arange(30), **SETTINGS)
    nothing = {"value": None, "low": None, "high": None}
    assert found["auc"] == nothing
    assert found["specificity" if label else "sensitivity"] == nothing
    assert found["n_positive"] == 30 * label
    assert found["degenerate_resamples"] == 500
    assert found["accuracy"]["low"] < found["accuracy"]["value"] < found["accuracy"]["high"]
    json.dumps(found, allow_nan=False)


def test_two_positive_patients_have_an_auc_of_1_that_may_be_chance():
    labels = np.array([1, 1] + [0] * 28)
    found = score(labels, np.linspace(1, 0, 30), np.arange(30), **SETTINGS)
    assert found["auc"]["value"] == found["auc"]["high"] == 1
    assert found["auc"]["low"] < 0.8
    assert found["average_precision"]["low"] is None
    assert 30 < found["degenerate_resamples"] < 110  # 500 (1 - 2 / 30) ** 30 is 63
    assert found["specificity"]["low"] is not None


def test_no_cases_at_all():
    found = score([], [], [], **SETTINGS)
    assert found["n"] == found["n_patients"] == 0
    assert all(found[name]["value"] is None for name in METRICS)
    json.dumps(found, allow_nan=False)


def test_five_thousand_cases_take_little_memory():
    labels, probabilities = cohort(np.random.default_rng(4), 5000)
    threshold = youden_threshold(labels, probabilities)
    tracemalloc.start()
    score(
        labels,
        probabilities,
        np.arange(5000) // 2,
        **{**SETTINGS, "threshold": threshold, "n_bootstrap": 2000},
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 150e6


def test_every_metric_of_several_classes_has_a_value_inside_its_interval(several):
    classified = several()
    found = model_metrics([classified], None, INTERVALS)
    assert list(found.estimates) == [metric.name for metric in main_metrics(classified.task)]
    for name, figure in found.estimates.items():
        assert figure.low < figure.value < figure.high, name
    assert (found.threshold, found.degenerate_resamples) == (None, 0)


def test_what_is_returned_of_several_classes(several):
    classified = several()
    cases = classified.cases
    found = score_classes(
        cases.labels,
        cases.probabilities,
        cases.patients,
        task=classified.task,
        **{**SETTINGS, "threshold": None},
    )
    assert found["n_by_class"] == {"a": 30, "b": 30, "c": 30}
    assert "n_positive" not in found
    assert found["threshold"] is None


def test_the_interval_of_the_macro_auc_holds_the_truth_about_as_often_as_it_says(several):
    truth = model_metrics(
        [several(60_000, seed=99)], None, {**INTERVALS, "n_bootstrap": 1}
    ).auc.value
    found = [model_metrics([several(240, seed=seed)], None, INTERVALS).auc for seed in range(60)]
    # 0.95 less three standard errors of 60 trials
    assert np.mean([auc.low <= truth <= auc.high for auc in found]) > 0.86


def test_more_patients_make_narrower_intervals(several):
    few, many = (model_metrics([several(n)], None, INTERVALS).auc for n in (90, 900))
    assert many.high - many.low < (few.high - few.low) / 2


def test_each_class_is_scored_as_a_binary_task_is(several):
    classified = several()
    cases, found = classified.cases, score_each_class(classified, 0.95)
    assert list(found) == ["a", "b", "c"]
    for label, figures in enumerate(found.values()):
        own, called = cases.labels == label, classified.predicted == label
        assert (figures.auc.low, figures.auc.high) == auc_interval([cases.one_vs_rest(label)], 0.95)
        sensitivity = figures.estimate("sensitivity")
        assert figures.n == own.sum()
        assert sensitivity.value == pytest.approx(called[own].mean())
        assert figures.estimate("precision").value == pytest.approx(own[called].mean())
        ends = share_interval(classified.correct, own, cases, 0.95)
        assert (sensitivity.low, sensitivity.high) == ends


def test_the_reported_class_of_a_binary_task_is_the_positive_one(binary):
    classified = binary([0, 1, 1, 0, 1, 0], [0.2, 0.7, 0.4, 0.6, 0.9, 0.1])
    (figures,) = score_each_class(classified, 0.95).values()
    assert figures.n == 3
    assert figures.estimate("sensitivity").value == pytest.approx(2 / 3)
    assert figures.estimate("precision").value == pytest.approx(2 / 3)


def test_a_class_that_is_absent_or_never_called_is_not_scored(several):
    part = several(skill=9).inside(several(skill=9).cases.labels != 2)
    figures = score_each_class(part, 0.95)["c"]
    for name in ("auc", "sensitivity", "precision"):
        assert figures.estimate(name).value is None


def test_a_rare_class_of_one_patient_leaves_no_interval(several):
    classified = several(42)
    rare = np.flatnonzero(classified.cases.labels == 2)[2:]
    part = classified.inside(~np.isin(np.arange(42), rare))
    found = model_metrics([part], None, INTERVALS)
    assert found.degenerate_resamples > 30
    assert found.auc.value is not None
    assert found.auc.low is None
    assert found.estimate("accuracy").low is not None
