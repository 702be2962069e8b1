import numpy as np
import pytest
from scipy.special import expit

from heads.base import by_class
from pipeline.artifacts.task import Task
from pipeline.evaluation.recalibration import before_and_after, recalibrate
from pipeline.evaluation.study import Study
from pipeline.statistics.scored_cases import ScoredCases

SETTINGS = {"n_bootstrap": 200, "confidence": 0.95, "seed": 0}
TASK = Task.of(["no", "yes"])


def scored(labels, positive):
    return ScoredCases.of(labels, by_class(np.asarray(positive)), np.arange(len(labels)))


def cohort(*, slope=1.0, intercept=0.0, n=20_000):
    """Draw cases whose probabilities are distorted by 1 / slope and - intercept / slope."""
    generator = np.random.default_rng(0)
    x = generator.normal(size=n)
    labels = generator.random(n) < expit(x)
    return scored(labels.astype(int), expit((x - intercept) / slope)), x


def test_platt_finds_slope_and_intercept():
    cases, x = cohort(slope=0.5, intercept=-1)
    found = recalibrate(cases, "platt", TASK)
    assert found.parameters == pytest.approx({"slope": 0.5, "intercept": -1}, abs=0.05)
    np.testing.assert_allclose(found.apply(cases.probabilities)[:, 1], expit(x), atol=0.02)


def test_temperature_finds_the_slope_and_leaves_one_half_alone():
    cases, _ = cohort(slope=0.4)
    found = recalibrate(cases, "temperature", TASK)
    assert found.parameters == pytest.approx({"slope": 0.4, "intercept": 0}, abs=0.02)
    assert found.apply(np.array([[0.5, 0.5]])).tolist() == [[0.5, 0.5]]


def test_isotonic_rises_and_is_near_the_truth():
    cases, x = cohort(slope=0.5, intercept=-1)
    corrected = recalibrate(cases, "isotonic", TASK).apply(cases.probabilities)[:, 1]
    order = np.argsort(cases.probabilities[:, 1])
    assert (np.diff(corrected[order]) >= 0).all()
    assert np.abs(corrected - expit(x)).mean() < 0.02


@pytest.mark.parametrize("method", ["temperature", "platt", "isotonic"])
def test_several_classes_are_recalibrated_too(several, method):
    classified = several(6000, skill=1.0)
    sharp = classified.cases.probabilities**3
    sharp /= sharp.sum(axis=1, keepdims=True)
    cases = ScoredCases.of(classified.cases.labels, sharp, classified.cases.patients)
    corrected = recalibrate(cases, method, classified.task).apply(sharp)
    np.testing.assert_allclose(corrected.sum(axis=1), 1)
    rows = np.arange(cases.n)
    before, after = (
        -np.log(np.maximum(p[rows, cases.labels], 1e-9)).mean() for p in (sharp, corrected)
    )
    assert after < before - 0.1


@pytest.mark.parametrize("method", ["temperature", "platt", "isotonic"])
def test_without_a_class_nothing_is_fitted(method):
    assert recalibrate(scored([1, 1], [0.2, 0.3]), method, TASK) is None


def test_scores_that_separate_the_classes_have_a_finite_slope():
    found = recalibrate(scored([0, 1], [0.2, 0.3]), "platt", TASK)
    assert np.isfinite(list(found.parameters.values())).all()


def test_the_reported_cases_correct_nothing(invent):
    predictions = invent(4.0)
    found = before_and_after(Study.of({"mlp": predictions}), "platt", SETTINGS)["mlp"]
    rows = predictions.of_split("validation").frame
    fitted = recalibrate(scored(rows["label"], rows["probability"]), "platt", TASK)
    assert found.parameters == fitted.parameters


def test_before_and_after_of_too_extreme_probabilities(invent):
    predictions = invent(0.8)
    extreme = predictions.frame["probability"]
    predictions.frame["probability"] = extreme**4 / (extreme**4 + (1 - extreme) ** 4)
    found = before_and_after(Study.of({"mlp": predictions}), "temperature", SETTINGS)["mlp"]
    before, after = found.before.estimates, found.after.estimates
    assert before["calibration_slope"].value < 0.7
    assert after["log_loss"].value < before["log_loss"].value
    assert after["ece"].value < before["ece"].value
    assert found.parameters["slope"] < 1
    assert before["ece"].value > before["ece_if_calibrated"].high


def test_the_error_of_a_calibrated_model_is_told_from_chance_and_has_no_interval(invent):
    study = Study.of({"mlp": invent(1.0)})
    found = before_and_after(study, "platt", SETTINGS)["mlp"].before.estimates
    assert (found["ece"].low, found["ece"].high) == (None, None)
    assert "ece_if_calibrated" in found["ece"].because
    chance = found["ece_if_calibrated"]
    assert 0 < chance.low < chance.value < chance.high
