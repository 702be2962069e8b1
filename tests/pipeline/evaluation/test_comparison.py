import numpy as np
import pytest

from pipeline.evaluation import compare
from pipeline.evaluation.comparison import COMPARED
from pipeline.evaluation.metrics import AllMetrics
from pipeline.evaluation.scored_cases import ScoredCases

SETTINGS = {"n_bootstrap": 500, "confidence": 0.95, "seed": 0}


def metrics(labels, logits, groups=None):
    groups = np.arange(len(labels)) if groups is None else groups
    return AllMetrics.of(ScoredCases.of(labels, 1 / (1 + np.exp(-logits)), groups), 0.5)


@pytest.fixture
def drawn():
    generator = np.random.default_rng(0)
    labels = np.arange(200) % 2
    return labels, generator.normal(labels), generator


def test_a_model_does_not_differ_from_itself(drawn):
    labels, logits, _ = drawn
    found = compare(metrics(labels, logits), metrics(labels, logits), **SETTINGS)
    assert set(found) == set(COMPARED)
    for figure in found.values():
        assert (figure.value, figure.low, figure.high) == (0, 0, 0)


def test_the_difference_is_the_first_minus_the_second_and_changes_sign_with_them(drawn):
    labels, logits, generator = drawn
    good, poor = metrics(labels, logits), metrics(labels, generator.normal(size=200))
    forth, back = compare(good, poor, **SETTINGS), compare(poor, good, **SETTINGS)
    one = np.ones((1, 200))
    assert forth["auc"].value == good(one)["auc"][0] - poor(one)["auc"][0]
    assert forth["auc"].low > 0
    assert forth["auc"].low == pytest.approx(-back["auc"].high)
    assert forth["brier"].value < 0


def test_pairing_narrows_the_interval_of_two_models_that_agree(drawn):
    labels, logits, generator = drawn
    first = metrics(labels, logits)
    alike = metrics(labels, logits + generator.normal(scale=0.2, size=200))
    other = metrics(labels, generator.normal(labels))
    paired = compare(first, alike, **SETTINGS)["auc"]
    loose = compare(first, other, **SETTINGS)["auc"]
    assert paired.high - paired.low < 0.5 * (loose.high - loose.low)


def test_equally_good_models_are_seldom_said_to_differ():
    generator = np.random.default_rng(1)
    labels = np.arange(80) % 2
    found = [
        compare(
            metrics(labels, generator.normal(labels)),
            metrics(labels, generator.normal(labels)),
            **{**SETTINGS, "n_bootstrap": 300},
        )["auc"]
        for _ in range(150)
    ]
    wrong = sum(not each.low <= 0 <= each.high for each in found)
    assert wrong / 150 <= 0.11


def test_other_cases_are_refused(drawn):
    labels, logits, _ = drawn
    for others in (
        metrics(1 - labels, logits),
        metrics(labels, logits, groups=np.arange(200) // 2),
        metrics(labels[:100], logits[:100]),
    ):
        with pytest.raises(ValueError, match="not scored on the same cases"):
            compare(metrics(labels, logits), others, **SETTINGS)
