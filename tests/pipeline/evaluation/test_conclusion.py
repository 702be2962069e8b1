import pytest

from pipeline.artifacts.conditions import Conditions
from pipeline.artifacts.provenance import data_in_words, note_on_split, weights_in_words
from pipeline.artifacts.results import Estimate, PairSummary
from pipeline.artifacts.summary import Summary
from pipeline.evaluation.conclusion import conclude

NOTHING = Estimate(value=None, low=None, high=None)


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
        best_head_by="best on validation",
        models={},
        primary="finetune-seed",
        primary_minus_best_head=found,
        conclusion=None,
    )


def difference(value, low, high):
    return Estimate(value=value, low=low, high=high)


def test_an_interval_with_zero_in_it_shows_no_difference():
    assert conclude(summary(difference(0.012, -0.004, 0.029))) == (
        "Fine-tuning (seed) minus mlp, the head best on validation (48 images of 30 patients, test "
        "split): AUC +0.012 (95 % interval -0.004 to +0.029), not shown to differ."
    )


@pytest.mark.parametrize(
    ("ends", "shown"),
    [
        ((0.001, 0.03), "fine-tuning (seed) has the higher AUC"),
        ((-0.03, -0.001), "mlp has the higher AUC"),
        ((0.0, 0.03), "not shown to differ"),
        ((-0.03, 0.0), "not shown to differ"),
    ],
)
def test_only_an_interval_without_zero_names_a_better_one(ends, shown):
    assert conclude(summary(difference(sum(ends) / 2, *ends))).endswith(f", {shown}.")


def test_a_head_is_named_in_words():
    found = conclude(summary(difference(-0.2, -0.3, -0.1), best="linear_probe"))
    assert found.startswith("Fine-tuning (seed) minus linear probe,")
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


def test_models_that_were_not_trained_alike_get_no_verdict():
    def how(input_size):
        return Conditions(
            input_size=input_size,
            class_weight="balanced",
            augmentation="none",
            configurations=1,
            networks=1,
        )

    both = {"finetune-seed": how(128), "mlp": how(224)}
    found = summary(difference(0.2, 0.1, 0.3)).model_copy(update={"conditions": both})
    assert conclude(found).endswith(
        "no verdict, because the two were not trained alike (an input of 128 against 224 pixels)."
    )
    same = found.model_copy(update={"conditions": dict.fromkeys(both, how(224))})
    assert conclude(same).endswith("fine-tuning (seed) has the higher AUC.")
