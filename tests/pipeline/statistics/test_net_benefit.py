import numpy as np
import pytest

from pipeline.statistics.net_benefit import decision_curve
from pipeline.statistics.scored_cases import BinaryCases


def curve(labels, scores, thresholds, patients=None):
    patients = np.arange(len(labels)) if patients is None else patients
    cases = BinaryCases.of(labels, scores, patients)
    return decision_curve(cases, confidence=0.95, thresholds=np.array(thresholds))


def test_net_benefit_by_hand():
    # 100 cases, 20 positive; at 0.2, 16 true and 24 false alarms: 0.16 - 0.24 / 4
    labels = np.repeat([1, 1, 0, 0], [16, 4, 24, 56])
    scores = np.repeat([0.3, 0.1, 0.3, 0.1], [16, 4, 24, 56])
    found = curve(labels, scores, [0.2, 0.5])
    assert found["net_benefit"].tolist() == pytest.approx([0.16 - 0.24 / 4, 0])
    assert found["treat_all"].tolist() == pytest.approx([0.2 - 0.8 / 4, 0.2 - 0.8])


def test_at_a_low_threshold_all_are_treated_and_at_a_high_one_none():
    found = curve([1, 0, 0, 1], [0.5, 0.4, 0.3, 0.6], [0.01, 0.99])
    assert found["net_benefit"][0] == pytest.approx(found["treat_all"][0])
    assert found["net_benefit"][1] == 0


def test_the_interval_is_that_of_a_mean_over_patients():
    generator = np.random.default_rng(0)
    labels, scores = generator.integers(0, 2, 400), generator.random(400)
    by_image = curve(labels, scores, [0.5]).iloc[0]
    worth = np.where(labels == 1, 1.0, -1.0) * (scores >= 0.5)
    half = 1.966 * worth.std(ddof=1) / 20  # t with 399 degrees of freedom
    assert by_image["low"] == pytest.approx(worth.mean() - half, abs=1e-4)
    assert by_image["high"] == pytest.approx(worth.mean() + half, abs=1e-4)
    fourfold = curve(
        *(np.repeat(each, 4) for each in (labels, scores)), [0.5], np.arange(1600) // 4
    ).iloc[0]
    assert fourfold.tolist() == pytest.approx(by_image.tolist())


def test_one_patient_has_no_interval_and_no_case_no_curve():
    assert curve([1, 0], [0.6, 0.2], [0.5], [7, 7])[["low", "high"]].isna().all().all()
    assert curve([], [], [0.5]).empty
