"""What the data support about two models, with what it costs."""

from functools import partial
from types import MappingProxyType

import pytest

from pipeline.artifacts.conditions import Conditions
from pipeline.artifacts.results import ComparisonsFile, Difference, Estimate, Pair
from pipeline.artifacts.summary import Summary
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.sections.pairs import margin_in_words, pair_lines
from tests.pipeline.costs import arm_cost, extraction_cost, head_cost

EXTRACTION = extraction_cost(3.0)
COSTS = {
    "logistic_regression": head_cost(1.0, plain=240).with_embeddings(EXTRACTION),
    "finetune-seed": arm_cost(82.0, inference=6.0),
}


def pair(value, low, high, p, *, better=None, margin=0.02):
    difference = Difference(value=value, low=low, high=high, p=p, p_holm=p)
    return Pair(
        first="finetune-seed",
        second="logistic_regression",
        auc=difference,
        auc_bootstrap=Estimate(value=value, low=low, high=high),
        accuracy=difference,
        brier=difference,
        better=better,
        first_not_worse=low is not None and low > -margin,
        second_not_worse=high is not None and high < margin,
    )


@pytest.fixture
def line(summary: Summary):
    """Return a function that writes the line of a pair."""
    return partial(line_of, summary)


def line_of(summary: Summary, found: Pair, conditions=MappingProxyType({})):
    about = {"data": "real images", "weights": "random", "split": "test", "split_note": None}
    comparisons = ComparisonsFile(**about, confidence=0.95, tests="", margin=0.02, pairs=(found,))
    (only,) = pair_lines(comparisons, COSTS, summary.model_copy(update={"conditions": conditions}))
    return only


def test_the_primary_comparison_is_named(line) -> None:
    found = pair(0.012, -0.024, 0.029, 0.15)
    assert line(found).note == ""
    assert "not adjusted" in line(found.model_copy(update={"primary": True})).note


def test_the_reason_of_a_margin_is_quoted_and_its_absence_said(evidence: Evidence) -> None:
    found = evidence.comparisons
    assert "No margin was set" in margin_in_words(found)
    named = {"margin": 0.02, "margin_reason": "Two readers differ by more."}
    said = margin_in_words(found.model_copy(update=named))
    assert "less than 0.02" in said
    assert said.endswith("The reason given: Two readers differ by more.")


def test_models_that_were_not_trained_alike_get_no_verdict(line) -> None:
    how = {"class_weight": "none", "augmentation": "none", "configurations": 1, "networks": 1}
    unlike = {
        "finetune-seed": Conditions(input_size=128, **how),
        "logistic_regression": Conditions(input_size=224, **how),
    }
    found = pair(0.05, 0.01, 0.09, 0.01, better="finetune-seed")
    assert line(found, unlike).cells[-1].value.startswith("No verdict, because")


def test_a_difference_that_is_not_shown_has_its_price(line) -> None:
    found = line(pair(0.012, -0.024, 0.029, 0.15))
    assert found.label == "Fine-tuning (seed) minus logistic regression"
    assert found.cells[0].value == "+0.012"
    x = "\N{MULTIPLICATION SIGN}"
    said = f"Not shown to differ; 41 {x} the training and 2.0 {x} the inference seconds"
    assert found.cells[-1].value == said


@pytest.mark.parametrize(
    ("figures", "better", "said"),
    [
        (
            (0.05, 0.01, 0.09, 0.01),
            "finetune-seed",
            "Fine-tuning (seed) has the higher AUC",
        ),
        (
            (-0.05, -0.09, -0.01, 0.01),
            "logistic_regression",
            "Logistic regression has the higher AUC",
        ),
        ((0.0, -0.01, 0.01, 0.9), None, "Not shown to differ, the two within 0.02 of each other"),
        (
            (0.0, -0.01, 0.05, 0.9),
            None,
            "Not shown to differ, fine-tuning (seed) not worse by 0.02 or more",
        ),
        (
            (0.0, -0.05, 0.01, 0.9),
            None,
            "Not shown to differ, logistic regression not worse by 0.02 or more",
        ),
        ((None, None, None, None), None, "Not shown to differ"),
    ],
)
def test_what_the_data_support(line, figures: tuple, better: str | None, said: str) -> None:
    assert line(pair(*figures, better=better)).cells[-1].value.startswith(f"{said}; ")
