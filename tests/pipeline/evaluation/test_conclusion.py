import pytest

from pipeline.artifacts.provenance import (
    Heading,
    data_in_words,
    note_on_split,
    weights_in_words,
)
from pipeline.evaluation.conclusion import conclude
from pipeline.evaluation.difference import Difference


def heading(*, synthetic=False, random=False, split="test", best="mlp"):
    return Heading(
        data=data_in_words(synthetic=synthetic),
        backbone="resnet50",
        weights=weights_in_words("resnet50.tv_in1k", random=random),
        split=split,
        split_note=note_on_split(split),
        n=48,
        n_patients=30,
        counts={"n_positive": 12},
        confidence=0.95,
        bootstrap=2000,
        interval="by patient",
        best_head=best,
    )


def test_an_interval_with_zero_in_it_shows_no_difference():
    assert conclude(heading(), Difference(0.012, -0.004, 0.029, 0.1)) == (
        "Fine-tuning minus mlp, the head best on validation (48 images of 30 patients, test "
        "split): AUC +0.012 (95 % interval -0.004 to +0.029), not shown to differ."
    )


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [
        ((0.001, 0.03), "fine-tuning ranks the cases better"),
        ((-0.03, -0.001), "mlp ranks the cases better"),
        ((0.0, 0.03), "not shown to differ"),
        ((-0.03, 0.0), "not shown to differ"),
    ],
)
def test_only_an_interval_without_zero_names_a_better_one(ends, verdict):
    assert conclude(heading(), Difference(sum(ends) / 2, *ends, 0.1)).endswith(f", {verdict}.")


def test_a_head_is_named_in_words():
    said = conclude(heading(best="linear_probe"), Difference(-0.2, -0.3, -0.1, 0.001))
    assert said.startswith("Fine-tuning minus linear probe,")
    assert said.endswith("linear probe ranks the cases better.")


def test_without_an_interval_nothing_is_shown():
    said = conclude(heading(), Difference(0.4, None, None, None))
    assert said.endswith("AUC +0.400 (no interval: too few patients), not shown to differ.")


@pytest.mark.parametrize("difference", [None, Difference(None, None, None, None)])
def test_without_a_difference_it_says_why(difference):
    said = conclude(heading(best=None), difference)
    assert "could not be compared" in said
    assert "lacks a class" in said


def test_what_the_figures_are_not_is_said():
    said = conclude(
        heading(synthetic=True, random=True, split="validation"), Difference(0.1, -0.1, 0.2, 0.5)
    )
    for words in ("synthetic demo cohort", "random weights", "optimistic"):
        assert words in said
