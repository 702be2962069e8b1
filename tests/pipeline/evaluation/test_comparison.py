import numpy as np
import pytest

from heads.base import by_class
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases, Weighted
from pipeline.evaluation.comparison import compare
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.rule import DecisionRule
from pipeline.statistics.proportion import share_difference
from pipeline.statistics.scored_cases import ScoredCases

SETTINGS = {"n_bootstrap": 500, "confidence": 0.95, "seed": 0}


def metrics(labels, logits, groups=None):
    groups = np.arange(len(labels)) if groups is None else groups
    cases = ScoredCases.of(labels, by_class(1 / (1 + np.exp(-logits))), groups)
    return ClassifiedCases.of(Task.of(["no", "yes"]), cases, DecisionRule(0.5))


def value(classified, name):
    ones = np.ones((1, classified.cases.n))
    return METRICS[name].values(Weighted(classified, ones))[0]


def pair(first, second, margin=0.02, **settings):
    models = {"first": [first], "second": [second]}
    (found,) = compare(models, {**SETTINGS, **settings}, margin=margin)
    return found


@pytest.fixture
def drawn():
    generator = np.random.default_rng(0)
    labels = np.arange(200) % 2
    return labels, generator.normal(labels), generator


def test_a_model_does_not_differ_from_itself(drawn):
    labels, logits, _ = drawn
    found = pair(metrics(labels, logits), metrics(labels, logits))
    for figure in (found.auc, found.accuracy, found.brier, found.auc_bootstrap):
        assert (figure.value, figure.low, figure.high) == (0, None, None)
        assert figure.because == "no variance between patients"
    assert (found.auc.p, found.auc.p_holm, found.accuracy.p_holm) == (None, None, None)
    assert found.better is None
    assert not found.first_not_worse
    assert not found.second_not_worse


def test_the_difference_is_the_first_minus_the_second_and_changes_sign_with_them(drawn):
    labels, logits, generator = drawn
    good, poor = metrics(labels, logits), metrics(labels, generator.normal(size=200))
    forth, back = pair(good, poor), pair(poor, good)
    difference = value(good, "auc") - value(poor, "auc")
    assert forth.auc.value == pytest.approx(difference)
    assert forth.auc_bootstrap.value == pytest.approx(difference)
    assert forth.auc.low == pytest.approx(-back.auc.high)
    assert forth.auc.low > 0
    assert forth.brier.value < 0
    assert forth.accuracy.value == pytest.approx(value(good, "accuracy") - value(poor, "accuracy"))
    assert not back.first_not_worse


def test_delongs_interval_and_the_bootstraps_are_much_alike(drawn):
    labels, logits, generator = drawn
    first = metrics(labels, logits, np.arange(200) // 2)
    second = metrics(labels, generator.normal(labels), np.arange(200) // 2)
    found = pair(first, second, n_bootstrap=4000)
    assert found.auc.low == pytest.approx(found.auc_bootstrap.low, abs=0.012)
    assert found.auc.high == pytest.approx(found.auc_bootstrap.high, abs=0.012)


def test_pairing_narrows_the_interval_of_two_models_that_agree(drawn):
    labels, logits, generator = drawn
    first = metrics(labels, logits)
    alike = pair(first, metrics(labels, logits + generator.normal(scale=0.2, size=200)))
    other = pair(first, metrics(labels, generator.normal(labels)))
    for close, loose in ((alike.auc, other.auc), (alike.auc_bootstrap, other.auc_bootstrap)):
        assert close.high - close.low < 0.5 * (loose.high - loose.low)


def test_every_pair_is_compared_once_and_adjusted_for_all(drawn):
    labels, logits, generator = drawn
    models = {
        "a": [metrics(labels, logits)],
        "b": [metrics(labels, generator.normal(labels))],
        "c": [metrics(labels, generator.normal(size=200))],
    }
    found = compare(models, SETTINGS, margin=0.02)
    assert [(each.first, each.second) for each in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert all(each.auc.p_holm >= each.auc.p for each in found)
    least = min(found, key=lambda each: each.auc.p)
    assert least.auc.p_holm == pytest.approx(3 * least.auc.p)
    assert [each.better for each in found] == [None, "a", "b"]
    written = found[0].auc.model_dump(exclude_unset=True)
    worse = {"p_first_worse", "p_second_worse"}
    power = {"order_false", "detectable", "patients", "patients_needed"}
    assert set(written) == {"value", "low", "high", "p", "p_holm"} | worse | power
    alone = compare(models, SETTINGS, margin=0.02, primary=("a", "c"))
    assert [each.primary for each in alone] == [False, True, False]
    assert alone[1].auc.p_holm == found[1].auc.p
    assert compare({"a": models["a"]}, SETTINGS, margin=0.02) == []


def test_equally_good_models_are_seldom_said_to_differ():
    generator = np.random.default_rng(1)
    labels = np.arange(80) % 2
    found = [
        pair(
            metrics(labels, generator.normal(labels)),
            metrics(labels, generator.normal(labels)),
            n_bootstrap=100,
        )
        for _ in range(300)
    ]
    assert sum(each.auc.p < 0.05 for each in found) / 300 <= 0.085
    assert sum(each.accuracy.p < 0.05 for each in found) / 300 <= 0.085


def test_other_cases_are_refused(drawn):
    labels, logits, _ = drawn
    for others in (
        metrics(1 - labels, logits),
        metrics(labels, logits, groups=np.arange(200) // 2),
        metrics(labels[:100], logits[:100]),
    ):
        with pytest.raises(ValueError, match="not scored on the same cases"):
            pair(metrics(labels, logits), others)


def test_every_tested_pair_says_how_sure_it_is_and_what_it_would_take(drawn):
    labels, logits, generator = drawn
    first = metrics(labels, logits, np.arange(200) // 2)
    found = pair(first, metrics(labels, generator.normal(labels), np.arange(200) // 2))
    assert found.better is None
    assert found.auc.patients == 100
    assert found.auc.order_false == pytest.approx(found.auc.p / 2)
    assert found.auc.detectable > found.auc.high - found.auc.value
    assert found.auc.patients_needed > 100
    assert pair(first, first).auc.detectable is None


def test_the_better_of_two_models_of_several_classes_is_found(several):
    models = {
        name: [several(240, skill=skill, seed=seed)]
        for seed, (name, skill) in enumerate([("good", 2.5), ("poor", 0.3), ("other", 0.3)])
    }
    pairs = compare(models, SETTINGS, margin=0.02)
    found = {(each.first, each.second): each for each in pairs}
    assert list(found) == [("good", "poor"), ("good", "other"), ("poor", "other")]
    best = found["good", "poor"]
    difference = value(*models["good"], "auc") - value(*models["poor"], "auc")
    assert best.auc.value == pytest.approx(difference)
    assert best.auc.low > 0
    assert best.better == "good"
    assert best.auc.patients_needed < best.auc.patients
    assert best.brier.value < 0
    (good,), (poor,) = models["good"], models["poor"]
    expected = share_difference(good.correct, poor.correct, good.cases, 0.95)
    assert best.accuracy.model_dump(exclude={"p_holm"}) == expected.model_dump(exclude={"p_holm"})
    assert found["poor", "other"].better is None
    assert best.auc.p_holm >= best.auc.p


def test_a_model_of_several_classes_does_not_differ_from_itself(several):
    found = pair(several(), several())
    assert (found.auc.value, found.auc.low, found.auc.high, found.auc.p) == (0, None, None, None)
    assert found.better is None


def test_equal_models_of_several_classes_are_seldom_called_different(several):
    """Of models of one skill, the p-value is below 0.1 in about a tenth of the cohorts."""
    p = [
        pair(
            several(150, seed=2 * seed),
            several(150, seed=2 * seed + 1),
            n_bootstrap=200,
            seed=seed,
        ).auc.p
        for seed in range(80)
    ]
    assert 0.01 <= np.mean(np.array(p) < 0.1) <= 0.22


def test_without_a_margin_non_inferiority_is_not_tested(binary):
    labels = np.arange(4000) % 2
    scores = np.random.default_rng(8).random(4000)
    twins = [binary(labels, scores), binary(labels, np.clip(scores + 1e-3 * labels, 0, 1))]
    first, second = ([each] for each in twins)
    (found,) = compare({"a": first, "b": second}, SETTINGS, margin=0.02)
    assert found.first_not_worse
    (found,) = compare({"a": first, "b": second}, SETTINGS, margin=None)
    assert (found.first_not_worse, found.second_not_worse) == (False, False)
    assert (found.auc.p_first_worse, found.auc.p_second_worse) == (None, None)
