import json
import tracemalloc

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from pipeline.evaluation import score, youden_threshold
from pipeline.evaluation.metrics import METRICS

SETTINGS = {"threshold": 0.5, "n_bootstrap": 500, "confidence": 0.95, "seed": 0}
EFFECT = 1.0
TRUE_AUC = 0.7602499389065233  # Phi(EFFECT / sqrt 2)


def cohort(generator, n, effect=EFFECT):
    """Draw labels and probabilities whose true AUC is Phi(effect / sqrt 2)."""
    labels = np.arange(n) % 2
    logits = generator.normal(effect * labels)
    return labels, 1 / (1 + np.exp(-logits))


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


def test_the_same_cases_in_any_order_give_the_same_intervals():
    generator = np.random.default_rng(1)
    labels, probabilities = cohort(generator, 60)
    groups = generator.integers(0, 40, 60)
    order = generator.permutation(60)
    first = score(labels, probabilities, groups, **SETTINGS)
    second = score(labels[order], probabilities[order], groups[order], **SETTINGS)
    for name in METRICS:
        assert first[name] == pytest.approx(second[name], abs=1e-12)
    assert first == score(labels, probabilities, groups, **SETTINGS)


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
