from dataclasses import replace

import pytest

from pipeline.evaluation.bootstrap import Estimate
from pipeline.evaluation.comparison import Comparison
from pipeline.evaluation.difference import Difference
from pipeline.evaluation.wording import sentence

NOTHING = Estimate(None, None, None, 0)


def comparison(value, low, high, p_holm):
    return Comparison(
        first="finetune",
        second="logistic_regression",
        auc=Difference(value, low, high, p_holm),
        accuracy=Difference(0, 0, 0, 1),
        brier=NOTHING,
        auc_bootstrap=NOTHING,
        auc_p_holm=p_holm,
        accuracy_p_holm=1,
    )


def said(found, margin=0.02):
    return sentence(found, confidence=0.95, margin=margin)


def test_no_difference_shown():
    assert said(comparison(0.012, -0.024, 0.049, 0.2)) == (
        "finetune minus logistic regression: AUC +0.012 (-0.024 to +0.049), not shown to differ"
    )


@pytest.mark.parametrize(("value", "better"), [(0.05, "finetune"), (-0.05, "logistic regression")])
def test_a_difference_is_said_only_where_holm_lets_it(value, better):
    shown = comparison(value, value - 0.02, value + 0.02, 0.049)
    assert said(shown).endswith(f", {better} ranks the cases better")
    assert "not shown to differ" in said(replace(shown, auc_p_holm=0.051))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.01, 0.01, "the two within 0.02 of each other"),
        (-0.01, 0.03, "finetune not worse by 0.02 or more"),
        (-0.03, 0.01, "logistic regression not worse by 0.02 or more"),
    ],
)
def test_what_the_margin_leaves_out_is_said(low, high, words):
    assert said(comparison(0.0, low, high, 0.9)).endswith(f"not shown to differ, {words}")


def test_without_an_interval_nothing_is_claimed():
    assert said(comparison(0.3, None, None, None)).endswith(
        "AUC +0.300 (no interval: too few patients), not shown to differ"
    )
    assert "AUC not defined" in said(comparison(None, None, None, None))
