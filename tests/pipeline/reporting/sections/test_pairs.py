"""What the data support about two models, with what it costs."""

import pytest
from pipeline.reporting.findings import Comparisons, Pair, PairDifference
from pipeline.reporting.pairs import pair_lines

from pipeline.artifacts.cost import Cost
from pipeline.reporting.evidence import Estimate

SECONDS = {"extract": 3.0, "logistic_regression": 1.0, "finetune": 164.0}
COSTS = {
    name: Cost(seconds=value, images=1, images_per_second=1, device="cpu")
    for name, value in SECONDS.items()
}


def pair(value, low, high, p, *, better=None, margin=0.02):
    difference = PairDifference(value=value, low=low, high=high, p=p, p_holm=p)
    return Pair(
        first="finetune",
        second="logistic_regression",
        auc=difference,
        auc_bootstrap=Estimate(value=value, low=low, high=high),
        accuracy=difference,
        brier=difference,
        better=better,
        first_not_worse=low is not None and low > -margin,
        second_not_worse=high is not None and high < margin,
    )


def line(found: Pair):
    (only,) = pair_lines(Comparisons(tests="", margin=0.02, pairs=(found,)), COSTS)
    return only


def test_a_difference_that_is_not_shown_has_its_price() -> None:
    found = line(pair(0.012, -0.024, 0.029, 0.15))
    assert found.label == "Fine-tuning minus logistic regression"
    assert found.auc == "+0.012"
    assert found.said == "Not shown to differ; 41 \N{MULTIPLICATION SIGN} the cost"


@pytest.mark.parametrize(
    ("figures", "better", "said"),
    [
        ((0.05, 0.01, 0.09, 0.01), "finetune", "Fine-tuning ranks the cases better"),
        (
            (-0.05, -0.09, -0.01, 0.01),
            "logistic_regression",
            "Logistic regression ranks the cases better",
        ),
        ((0.0, -0.01, 0.01, 0.9), None, "Not shown to differ, and within 0.02 of each other"),
        ((0.0, -0.01, 0.05, 0.9), None, "Not shown to differ; fine-tuning not worse by 0.02"),
        (
            (0.0, -0.05, 0.01, 0.9),
            None,
            "Not shown to differ; logistic regression not worse by 0.02",
        ),
        ((None, None, None, None), None, "Not shown to differ"),
    ],
)
def test_what_the_data_support(figures: tuple, better: str | None, said: str) -> None:
    assert line(pair(*figures, better=better)).said.startswith(f"{said}; ")
