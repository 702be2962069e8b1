import numpy as np
import pytest
from scipy.special import expit

from pipeline.evaluation.recalibration import before_and_after, recalibrate
from pipeline.evaluation.scored_cases import ScoredCases
from pipeline.evaluation.study import Study

SETTINGS = {"n_bootstrap": 200, "confidence": 0.95, "seed": 0}


def cohort(*, slope=1.0, intercept=0.0, n=20_000):
    """Draw cases whose probabilities are distorted by 1 / slope and - intercept / slope."""
    generator = np.random.default_rng(0)
    x = generator.normal(size=n)
    labels = generator.random(n) < expit(x)
    return ScoredCases.of(labels.astype(int), expit((x - intercept) / slope), np.arange(n)), x


def test_platt_finds_slope_and_intercept():
    cases, x = cohort(slope=0.5, intercept=-1)
    found = recalibrate(cases, "platt")
    assert found.parameters == pytest.approx({"slope": 0.5, "intercept": -1}, abs=0.05)
    np.testing.assert_allclose(found(cases.probabilities), expit(x), atol=0.02)


def test_temperature_finds_the_slope_and_leaves_one_half_alone():
    cases, _ = cohort(slope=0.4)
    found = recalibrate(cases, "temperature")
    assert found.parameters == pytest.approx({"slope": 0.4, "intercept": 0}, abs=0.02)
    assert found(np.array([0.5]))[0] == 0.5


def test_isotonic_rises_and_is_near_the_truth():
    cases, x = cohort(slope=0.5, intercept=-1)
    corrected = recalibrate(cases, "isotonic")(cases.probabilities)
    order = np.argsort(cases.probabilities)
    assert (np.diff(corrected[order]) >= 0).all()
    assert np.abs(corrected - expit(x)).mean() < 0.02


@pytest.mark.parametrize("method", ["temperature", "platt", "isotonic"])
def test_one_class_has_no_correction(method):
    assert recalibrate(ScoredCases.of([1, 1], [0.2, 0.3], [0, 1]), method) is None


def test_platt_has_none_where_scores_separate_the_classes():
    assert recalibrate(ScoredCases.of([0, 1], [0.2, 0.3], [0, 1]), "platt") is None


def test_the_reported_cases_correct_nothing(invent):
    predictions = invent(4.0)
    study = Study.of({"mlp": predictions})
    found = before_and_after(study, "platt", **SETTINGS)["mlp"]
    frame = predictions.frame
    on_validation = frame[frame["split"] == "validation"]
    fitted = recalibrate(
        ScoredCases.of(
            on_validation["label"], on_validation["probability"], on_validation["group"]
        ),
        "platt",
    )
    if fitted is None:
        assert found["after"] is None
    else:
        assert found["parameters"] == fitted.parameters


def test_before_and_after_of_too_extreme_probabilities(invent):
    predictions = invent(0.8)
    extreme = predictions.frame["probability"]
    predictions.frame["probability"] = extreme**4 / (extreme**4 + (1 - extreme) ** 4)
    found = before_and_after(Study.of({"mlp": predictions}), "temperature", **SETTINGS)["mlp"]
    assert found["before"]["calibration_slope"]["value"] < 0.7
    assert found["after"]["log_loss"]["value"] < found["before"]["log_loss"]["value"]
    assert found["after"]["ece"]["value"] < found["before"]["ece"]["value"]
    assert found["parameters"]["slope"] < 1
