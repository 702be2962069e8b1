from pipeline.artifacts.conditions import Conditions
from pipeline.artifacts.provenance import data_in_words, note_on_split, weights_in_words
from pipeline.artifacts.results import Difference, Estimate, Pair
from pipeline.artifacts.summary import Summary
from pipeline.evaluation.conclusion import conclude
from pipeline.evaluation.wording import sentence

NOTHING = Estimate(value=None, low=None, high=None)


def pair(value, low, high, *, second="mlp", better=None, not_worse=(False, False)):
    nothing = Difference(value=0.0, p=None)
    return Pair(
        first="finetune-seed",
        second=second,
        auc=Difference(value=value, low=low, high=high, p=0.5, p_holm=0.5),
        auc_bootstrap=NOTHING,
        accuracy=nothing,
        brier=NOTHING,
        better=better,
        first_not_worse=not_worse[0],
        second_not_worse=not_worse[1],
        primary=True,
    )


def said(found, **changes):
    return conclude(summary(**changes), found, margin=0.02)


def summary(*, synthetic=False, random=False, split="test", best="mlp"):
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
        plan_sha256="0" * 64,
        primary_minus_best_head=None,
        conclusion=None,
    )


def test_an_interval_with_zero_in_it_shows_no_difference():
    assert said(pair(0.012, -0.004, 0.029)) == (
        "Fine-tuning (seed) minus mlp, the head best on validation (48 images of 30 patients, test "
        "split): AUC +0.012 (95 % interval -0.004 to +0.029), not shown to differ."
    )


def test_the_verdict_is_in_the_words_of_the_list():
    found = pair(0.012, -0.004, 0.029, not_worse=(True, False))
    words = "not shown to differ, {} not worse by 0.02 or more"
    assert said(found).endswith(words.format("fine-tuning (seed)") + ".")
    assert sentence(found, margin=0.02, auc="AUC").endswith(words.format("finetune-seed"))


def test_what_the_patients_can_show_is_said_in_the_words_of_the_list():
    sure = {"order_false": 0.231, "detectable": 0.137, "patients": 30, "patients_needed": 4567}
    found = pair(0.012, -0.084, 0.109)
    found = found.model_copy(update={"auc": found.auc.model_copy(update=sure)})
    words = (
        "not shown to differ; with 30 patients a difference below about 0.14 cannot be seen "
        "reliably, and about 4,600 such patients would show the measured one; the probability "
        "that this order is false is 23 %"
    )
    assert said(found).endswith(f"{words}.")
    assert sentence(found, margin=0.02, auc="AUC").endswith(words)
    better = found.model_copy(update={"better": "mlp"})
    assert said(better).endswith(
        "mlp has the higher AUC; the probability that this order is false is 23 %."
    )
    adjusted = found.auc.model_copy(update={"patients_needed": 30})
    assert "not shown only because several pairs are tested" in said(
        found.model_copy(update={"auc": adjusted})
    )
    for share, words in (
        (None, "and more of them would not show the measured one;"),
        (0.4, "and more of them alone would not show the measured one, as other seeds change it"),
    ):
        never = found.auc.model_copy(update={"patients_needed": None, "seeds_share": share})
        assert words in said(found.model_copy(update={"auc": never}))


def test_the_better_of_the_two_is_named_in_words():
    found = pair(-0.2, -0.3, -0.1, second="linear_probe", better="linear_probe")
    assert said(found, best="linear_probe").startswith("Fine-tuning (seed) minus linear probe,")
    assert said(found, best="linear_probe").endswith(", linear probe has the higher AUC.")
    assert said(pair(0.2, 0.1, 0.3, better="finetune-seed")).endswith(
        ", fine-tuning (seed) has the higher AUC."
    )


def test_a_conclusion_without_an_interval_shows_nothing():
    assert said(pair(0.4, None, None)).endswith(
        "AUC +0.400 (no interval: too few patients), not shown to differ."
    )


def test_without_a_best_head_it_says_why():
    found = said(None, best=None)
    assert "could not be compared" in found
    assert "validation lacks a class" in found


def test_what_the_figures_are_not_is_said():
    found = said(pair(0.1, -0.1, 0.2), synthetic=True, random=True, split="validation")
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
    found = summary().model_copy(update={"conditions": both})
    higher = pair(0.2, 0.1, 0.3, better="finetune-seed")
    assert conclude(found, higher, margin=0.02).endswith(
        "no verdict, because the two were not trained alike (an input of 128 against 224 pixels)."
    )
    same = found.model_copy(update={"conditions": dict.fromkeys(both, how(224))})
    assert conclude(same, higher, margin=0.02).endswith("fine-tuning (seed) has the higher AUC.")
