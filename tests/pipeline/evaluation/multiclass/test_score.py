import numpy as np
import pytest

from pipeline.evaluation.by_class import score_by_class, threshold_for
from pipeline.evaluation.delong import auc_interval
from pipeline.evaluation.multiclass.cases import ClassCases
from pipeline.evaluation.multiclass.metrics import CLASS_METRICS, ClassMetrics
from pipeline.evaluation.multiclass.score import score_classes, score_each_class
from pipeline.evaluation.proportion import share_interval
from pipeline.evaluation.score import score

SETTINGS = {"n_bootstrap": 300, "confidence": 0.95, "seed": 0}
NAMES = ("a", "b", "c")


def test_every_metric_has_a_value_inside_its_interval(make_cases):
    found = score_classes(ClassMetrics.of(make_cases()), **SETTINGS)
    for name in CLASS_METRICS:
        figure = found[name]
        assert figure["low"] < figure["value"] < figure["high"], name
    assert found["degenerate_resamples"] == 0


def test_more_patients_make_narrower_intervals(make_cases):
    width = [
        figure["high"] - figure["low"]
        for figure in (
            score_classes(ClassMetrics.of(make_cases(n)), **SETTINGS)["auc"] for n in (90, 900)
        )
    ]
    assert width[1] < width[0] / 2


def test_the_interval_holds_the_truth_about_as_often_as_it_says(make_cases):
    truth = ClassMetrics.of(make_cases(60_000, seed=99))(np.ones((1, 60_000)))["auc"][0]
    held = [
        figure["low"] <= truth <= figure["high"]
        for figure in (
            score_classes(ClassMetrics.of(make_cases(240, seed=seed)), **SETTINGS)["auc"]
            for seed in range(60)
        )
    ]
    assert np.mean(held) > 0.86  # 0.95 less three standard errors of 60 trials


def test_images_of_one_patient_count_as_one(make_cases):
    """Cases repeated within their patients tell no more."""
    cases = make_cases(120)
    twice = ClassCases(
        np.tile(cases.labels, 2),
        np.tile(cases.probabilities, (2, 1)),
        np.tile(cases.patients, 2),
        cases.n_patients,
    )
    once, again = (score_classes(ClassMetrics.of(each), **SETTINGS) for each in (cases, twice))
    for name in ("auc", "macro_f1", "kappa"):
        assert again[name] == pytest.approx(once[name])


def test_a_rare_class_of_one_patient_leaves_no_interval():
    labels = np.array([0] * 10 + [1] * 10 + [2])
    said = np.random.default_rng(0).dirichlet(np.ones(3), 21)
    found = score_classes(ClassMetrics.of(ClassCases.of(labels, said, np.arange(21))), **SETTINGS)
    assert found["degenerate_resamples"] > 30
    assert found["auc"]["value"] is not None
    assert found["auc"]["low"] is None
    assert found["accuracy"]["low"] is not None


def test_each_class_is_scored_as_two_classes_are(make_cases):
    cases = make_cases()
    found = score_each_class(cases, NAMES, 0.95)
    for label, name in enumerate(NAMES):
        binary, own = cases.against_rest(label), cases.labels == label
        auc, called = found[name]["auc"], cases.calls == label
        assert (auc["low"], auc["high"]) == auc_interval(binary, 0.95)
        assert found[name]["n"] == own.sum()
        assert found[name]["sensitivity"]["value"] == pytest.approx(called[own].mean())
        assert found[name]["precision"]["value"] == pytest.approx(own[called].mean())
        ends = share_interval(cases.right, own, cases, 0.95)
        assert (found[name]["sensitivity"]["low"], found[name]["sensitivity"]["high"]) == ends


def test_a_class_that_is_absent_or_never_called_is_not_scored():
    cases = ClassCases.of([0, 0, 1], [[0.9, 0.1, 0], [0.8, 0.2, 0], [0.3, 0.7, 0]], ["p", "q", "r"])
    found = score_each_class(cases, NAMES, 0.95)["c"]
    for name in ("auc", "sensitivity", "precision"):
        assert found[name] == {"value": None, "low": None, "high": None}


def test_two_classes_are_scored_as_ever():
    rng = np.random.default_rng(1)
    positive, labels, groups = rng.random(40), rng.integers(0, 2, 40), np.arange(40) // 2
    said = np.column_stack([1 - positive, positive])
    threshold = threshold_for(labels, said)
    found = score_by_class(
        labels, said, groups, classes=("no", "yes"), threshold=threshold, **SETTINGS
    )
    assert found == score(labels, positive, groups, threshold=threshold, **SETTINGS)


def test_more_classes_have_no_threshold(make_cases):
    cases = make_cases()
    threshold = threshold_for(cases.labels, cases.probabilities)
    assert threshold is None
    found = score_by_class(
        cases.labels,
        cases.probabilities,
        cases.patients,
        classes=NAMES,
        threshold=threshold,
        **SETTINGS,
    )
    assert found["n_by_class"] == dict(zip(NAMES, cases.counts, strict=True))
    assert "threshold" not in found
