import pytest

from pipeline.artifacts.provenance import data_in_words, note_on_split, weights_in_words
from pipeline.artifacts.results import Difference, Estimate, Pair, PairSummary
from pipeline.artifacts.summary import Summary
from pipeline.artifacts.task import Task
from pipeline.evaluation.wording import (
    auc_in_words,
    conclude,
    intervals_in_words,
    sentence,
    verdict,
)

NOTHING = Estimate(value=None, low=None, high=None)


def pair(value, low, high, *, better=None, margin=0.02):
    return Pair(
        first="finetune",
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
        "finetune minus logistic regression: AUC +0.012 (-0.024 to +0.049), not shown to differ"
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
        (-0.01, 0.03, "finetune not worse by 0.02 or more"),
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


def summary(auc, *, synthetic=False, random=False, split="test", best="mlp"):
    found = None if auc is None else PairSummary(auc=auc, accuracy=NOTHING, brier=NOTHING)
    return Summary(
        data=data_in_words(synthetic=synthetic),
        backbone="resnet50",
        weights=weights_in_words("resnet50.tv_in1k", random=random),
        split=split,
        split_note=note_on_split(split),
        n=48,
        n_patients=30,
        n_positive=12,
        confidence=0.95,
        bootstrap=2000,
        interval="by patient",
        best_head=best,
        models={},
        finetune_minus_best_head=found,
        conclusion=None,
    )


def difference(value, low, high):
    return Estimate(value=value, low=low, high=high)


def test_an_interval_with_zero_in_it_shows_no_difference():
    assert conclude(summary(difference(0.012, -0.004, 0.029))) == (
        "Fine-tuning minus mlp, the head best on validation (48 images of 30 patients, test "
        "split): AUC +0.012 (95 % interval -0.004 to +0.029), not shown to differ."
    )


@pytest.mark.parametrize(
    ("ends", "shown"),
    [
        ((0.001, 0.03), "fine-tuning has the higher AUC"),
        ((-0.03, -0.001), "mlp has the higher AUC"),
        ((0.0, 0.03), "not shown to differ"),
        ((-0.03, 0.0), "not shown to differ"),
    ],
)
def test_only_an_interval_without_zero_names_a_better_one(ends, shown):
    assert conclude(summary(difference(sum(ends) / 2, *ends))).endswith(f", {shown}.")


def test_a_head_is_named_in_words():
    found = conclude(summary(difference(-0.2, -0.3, -0.1), best="linear_probe"))
    assert found.startswith("Fine-tuning minus linear probe,")
    assert found.endswith("linear probe has the higher AUC.")


def test_a_conclusion_without_an_interval_shows_nothing():
    found = conclude(summary(difference(0.4, None, None)))
    assert found.endswith("AUC +0.400 (no interval: too few patients), not shown to differ.")


@pytest.mark.parametrize("undefined", [None, NOTHING])
def test_without_a_difference_it_says_why(undefined):
    found = conclude(summary(undefined, best=None))
    assert "could not be compared" in found
    assert "lacks a class" in found


def test_what_the_figures_are_not_is_said():
    found = conclude(
        summary(difference(0.1, -0.1, 0.2), synthetic=True, random=True, split="validation")
    )
    for caution in ("synthetic demo cohort", "random weights", "optimistic"):
        assert caution in found
