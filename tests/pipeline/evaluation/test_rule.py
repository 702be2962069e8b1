import numpy as np

from pipeline.artifacts.task import Task
from pipeline.evaluation.rule import DecisionRule, threshold_for
from pipeline.evaluation.thresholds import youden_threshold
from pipeline.statistics.scored_cases import ScoredCases

THREE = np.array([[0.5, 0.3, 0.2], [0.4, 0.4, 0.2], [0.1, 0.2, 0.7], [0.6, 0.2, 0.2]])


def test_without_a_threshold_the_highest_probability_decides_and_the_first_of_equal_ones():
    rule = DecisionRule(None)
    assert rule(THREE).tolist() == [0, 0, 2, 0]
    assert rule.in_words == "the highest probability decides"


def test_a_probability_equal_to_the_threshold_is_positive():
    rule = DecisionRule(0.4)
    assert rule(np.array([[0.6, 0.4], [0.7, 0.3]])).tolist() == [1, 0]
    assert rule.in_words == "threshold 0.400"


def test_the_rule_of_a_binary_task_is_youdens_threshold():
    labels, positive = [0, 0, 1, 1], np.array([0.1, 0.2, 0.6, 0.9])
    both = np.column_stack([1 - positive, positive])
    cases = ScoredCases.of(labels, both, labels)
    expected = youden_threshold(labels, positive)
    assert DecisionRule.chosen_on(cases, Task.of(["no", "yes"])).threshold == expected
    assert threshold_for(labels, both) == expected
    assert threshold_for([0, 1, 2, 2], THREE) is None
