import numpy as np
import pytest

from pipeline.evaluation.multiclass.comparison import bootstrap_difference, compare_classes
from pipeline.evaluation.multiclass.metrics import ClassMetrics
from pipeline.evaluation.proportion import share_difference

SETTINGS = {"n_bootstrap": 500, "confidence": 0.95, "seed": 0}


def test_a_better_model_is_found_better(make_cases):
    models = {
        name: ClassMetrics.of(make_cases(240, skill=skill, seed=seed))
        for seed, (name, skill) in enumerate([("good", 2.5), ("poor", 0.3), ("other", 0.3)])
    }
    found = {(each.first, each.second): each for each in compare_classes(models, **SETTINGS)}
    assert list(found) == [("good", "poor"), ("good", "other"), ("poor", "other")]
    best = found["good", "poor"]
    ones = np.ones((1, 240))
    value = models["good"](ones)["auc"][0] - models["poor"](ones)["auc"][0]
    assert best.auc.value == pytest.approx(value)
    assert best.auc.low > 0
    assert best.better(0.95) == "good"
    assert best.brier.value < 0
    cases = models["good"].cases
    right = cases.right, models["poor"].cases.right
    assert best.accuracy == share_difference(*right, cases, 0.95)
    assert found["poor", "other"].better(0.95) is None
    assert best.auc_p_holm >= best.auc.p


def test_a_model_does_not_differ_from_itself(make_cases):
    metrics = ClassMetrics.of(make_cases())
    (found,) = compare_classes({"one": metrics, "two": metrics}, **SETTINGS)
    assert (found.auc.value, found.auc.low, found.auc.high, found.auc.p) == (0, 0, 0, 1)
    assert found.better(0.95) is None


def test_equal_models_are_seldom_called_different(make_cases):
    """Of models of one skill, the p-value is below 0.1 in about a tenth of the cohorts."""
    p = [
        compare_classes(
            {
                "one": ClassMetrics.of(make_cases(150, seed=2 * seed)),
                "two": ClassMetrics.of(make_cases(150, seed=2 * seed + 1)),
            },
            n_bootstrap=200,
            confidence=0.95,
            seed=seed,
        )[0].auc.p
        for seed in range(80)
    ]
    assert 0.01 <= np.mean(np.array(p) < 0.1) <= 0.22


def test_the_p_value_and_the_interval_agree():
    draws = np.random.default_rng(0).normal(1.0, 0.5, 2000)
    found = bootstrap_difference(1.0, draws, 0.95)
    assert found.p == pytest.approx(2 * (1 + (draws <= 0).sum()) / 2001)
    assert (found.low > 0) == (found.p < 0.05)
    assert bootstrap_difference(-1.0, -draws, 0.95).p == pytest.approx(found.p)


def test_what_is_not_defined_has_no_interval_and_no_p():
    assert bootstrap_difference(np.nan, np.full(10, np.nan), 0.95).value is None
    half = np.where(np.arange(10) < 5, np.nan, 0.1)
    found = bootstrap_difference(0.1, half, 0.95)
    assert (found.value, found.low, found.p) == (0.1, None, None)
