"""Thresholds are carried from validation: the reported cases choose none."""

import numpy as np
import pytest

from pipeline.evaluation.operating_points import carried_points, threshold_reaching
from pipeline.evaluation.study import Study
from pipeline.statistics.scored_cases import BinaryCases

INTERVALS = {"n_bootstrap": 200, "confidence": 0.95, "seed": 0}


def cases(labels, scores):
    return BinaryCases.of(labels, scores, np.arange(len(labels)))


def test_the_rate_is_reached_and_the_other_one_is_the_best_by_hand():
    labels = [0, 0, 0, 0, 1, 1, 1, 1]
    scores = [0.1, 0.2, 0.3, 0.7, 0.25, 0.6, 0.8, 0.9]
    # 3 of 4 negatives lie below 0.45, and 3 of 4 positives above; then all positives above 0.225
    assert threshold_reaching(cases(labels, scores), "specificity", 0.75) == pytest.approx(0.45)
    assert threshold_reaching(cases(labels, scores), "sensitivity", 1.0) == pytest.approx(0.225)
    assert threshold_reaching(cases(labels, scores), "sensitivity", 0.75) == pytest.approx(0.45)


def test_no_threshold_is_made_up():
    assert threshold_reaching(cases([1, 1], [0.2, 0.9]), "sensitivity", 0.9) is None
    highest_is_negative = cases([0, 1, 1], [0.9, 0.5, 0.4])
    assert threshold_reaching(highest_is_negative, "specificity", 0.9) is None
    assert threshold_reaching(cases([0, 1], [0.5, 0.5]), "sensitivity", 0.9) == 0.5


def test_points_come_from_validation_and_are_scored_on_test(invent):
    predictions = invent(1.0)
    scores = Study.of({"mlp": predictions}).models["mlp"]
    found = carried_points(scores, [0.8], INTERVALS)
    assert [(each.held, each.rate) for each in found] == [
        ("specificity", 0.8),
        ("sensitivity", 0.8),
    ]
    watched, tested = (predictions.of_split(name).frame for name in ("validation", "test"))
    for point in found:
        above = watched["probability"] >= point.threshold
        is_held = watched["label"] == (1 if point.held == "sensitivity" else 0)
        assert (above == watched["label"])[is_held].mean() >= 0.8
        right = (tested["probability"] >= point.threshold) == tested["label"]
        for rate, label in ((point.sensitivity, 1), (point.specificity, 0)):
            assert rate.value == pytest.approx(right[tested["label"] == label].mean())
            assert rate.low < rate.value < rate.high


def test_test_labels_do_not_move_the_thresholds(invent):
    predictions = invent(1.0)
    scores = Study.of({"mlp": predictions}).models["mlp"]
    before = [each.threshold for each in carried_points(scores, [0.8, 0.9], INTERVALS)]
    test = predictions.frame["split"] == "test"
    predictions.frame.loc[test, "label"] = 1 - predictions.frame.loc[test, "label"]
    again = Study.of({"mlp": predictions}).models["mlp"]
    assert before == [each.threshold for each in carried_points(again, [0.8, 0.9], INTERVALS)]


def test_a_rate_that_validation_does_not_reach_is_undefined(invent):
    predictions = invent(1.0)
    predictions.frame.loc[predictions.frame["split"] == "validation", "label"] = 1
    found = carried_points(Study.of({"mlp": predictions}).models["mlp"], [0.9], INTERVALS)
    assert {each.threshold for each in found} == {None}
    assert {each.sensitivity.value for each in found} == {None}
