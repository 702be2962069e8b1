import pytest

from pipeline.artifacts.results import Difference, Estimate, Pair
from pipeline.artifacts.task import Task
from pipeline.evaluation.wording import (
    auc_in_words,
    intervals_in_words,
    sentence,
    verdict,
)

NOTHING = Estimate(value=None, low=None, high=None)


def pair(value, low, high, *, better=None, margin=0.02):
    return Pair(
        first="finetune-seed",
        second="logistic_regression",
        auc=Difference(value=value, low=low, high=high, p=0.5, p_holm=0.5),
        accuracy=Difference(value=0, low=0, high=0, p=1, p_holm=1),
        brier=NOTHING,
        auc_bootstrap=NOTHING,
        better=better,
        first_not_worse=low is not None and low > -margin,
        second_not_worse=high is not None and high < margin,
    )


def words(found, margin=0.02):
    return sentence(found, margin=margin, auc="AUC")


def test_no_difference_shown():
    assert words(pair(0.012, -0.024, 0.049)) == (
        "finetune-seed minus logistic regression: AUC +0.012 (-0.024 to +0.049), "
        "not shown to differ"
    )


def test_the_better_model_has_the_higher_auc():
    found = pair(-0.05, -0.07, -0.03, better="logistic_regression")
    assert words(found).endswith(", logistic regression has the higher AUC")
    named = verdict(found, margin=0.02, auc="macro AUC", name=str.upper)
    assert named == "LOGISTIC_REGRESSION has the higher macro AUC"


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (-0.01, 0.01, "the two within 0.02 of each other"),
        (-0.01, 0.03, "finetune-seed not worse by 0.02 or more"),
        (-0.03, 0.01, "logistic regression not worse by 0.02 or more"),
    ],
)
def test_what_the_margin_leaves_out_is_said(low, high, shown):
    assert words(pair(0.0, low, high)).endswith(f"not shown to differ, {shown}")


def test_without_an_interval_nothing_is_claimed():
    assert words(pair(0.3, None, None)).endswith(
        "AUC +0.300 (no interval: too few patients), not shown to differ"
    )
    assert "AUC not defined" in words(pair(None, None, None))


def test_an_auc_is_written_with_its_interval():
    whole = Estimate(value=0.8, low=0.7, high=0.9)
    assert auc_in_words(["no", "yes"], whole) == "AUC 0.800 (0.700 to 0.900)"
    assert auc_in_words(["a", "b", "c"], NOTHING) == "macro AUC not defined"
    assert "too few patients" in auc_in_words(["no", "yes"], Estimate(value=0.8))


def test_intervals_are_named_by_their_declarations():
    assert intervals_in_words(Task.of(["no", "yes"])) == (
        "by patient: DeLong score (auc), Wilson with design effect (accuracy, sensitivity, "
        "specificity), percentile bootstrap (all others)"
    )
    assert intervals_in_words(Task.of(["a", "b", "c"])) == (
        "by patient: DeLong score (auc), Wilson with design effect (accuracy), "
        "percentile bootstrap (all others)"
    )


def test_without_a_margin_nothing_is_not_worse():
    found = pair(0.0, -0.001, 0.001)
    assert words(found, margin=None).endswith(", not shown to differ")
