import pytest

from pipeline.artifacts.headline import Headline
from pipeline.artifacts.summary import Summary


def estimate(value, low=None, high=None):
    return {"value": value, "low": low, "high": high}


def summary(**changes):
    """Return a summary of invented figures."""
    mlp = {
        "auc": estimate(0.91234, 0.8, 1.0),
        "sensitivity": estimate(0.75),
        "specificity": estimate(0.875),
        "brier": estimate(0.0815),
    }
    return Summary.model_validate(
        {
            "data": "real images",
            "backbone": "resnet50",
            "weights": "resnet50.imagenet",
            "split": "test",
            "split_note": None,
            "n": 624,
            "n_patients": 400,
            "n_positive": 100,
            "confidence": 0.95,
            "bootstrap": 100,
            "interval": "by patient",
            "best_head": "mlp",
            "best_head_by": "best on validation",
            "primary": "finetune-seed",
            "plan_sha256": "0" * 64,
            "models": {"linear_probe": {"auc": estimate(0.99)}, "mlp": mlp},
            "primary_minus_best_head": {
                "auc": estimate(-0.0123, -0.0411, 0.0166),
                "accuracy": estimate(0.5),
                "brier": estimate(0.5),
            },
            "conclusion": None,
            **changes,
        }
    )


def test_the_numbers_are_those_of_the_head_best_on_validation_not_of_the_highest_auc():
    assert Headline.of(summary()).model_dump() == {
        "n": 624,
        "auc": 0.912,
        "lo": 0.8,
        "hi": 1.0,
        "diff": -0.012,
        "d_lo": -0.041,
        "d_hi": 0.017,
        "sens": 0.75,
        "spec": 0.88,
        "brier": 0.082,
    }


@pytest.mark.parametrize(
    ("changes", "undefined"),
    [
        ({"primary_minus_best_head": None}, {"diff", "d_lo", "d_hi"}),
        ({"models": {"mlp": {"auc": estimate(0.5)}}}, {"lo", "hi", "sens", "spec", "brier"}),
        (
            {"best_head": None, "primary_minus_best_head": None},
            {"auc", "lo", "hi", "diff", "d_lo", "d_hi", "sens", "spec", "brier"},
        ),
    ],
)
def test_what_is_not_defined_is_none(changes, undefined):
    found = Headline.of(summary(**changes)).model_dump()
    assert {name for name, value in found.items() if value is None} == undefined
