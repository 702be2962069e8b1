import numpy as np

from pipeline.statistics.ranking import Ranking
from pipeline.statistics.scored_cases import BinaryCases


def test_counts_above_every_distinct_score():
    cases = BinaryCases.of([1, 0, 1, 0], [0.2, 0.6, 0.6, 0.9], range(4))
    ranking = Ranking.of(cases)
    assert ranking.scores.tolist() == [0.9, 0.6, 0.2]
    true_positives, false_positives = ranking.counts(np.array([[1.0, 1, 1, 1], [3, 0, 2, 1]]))
    assert true_positives.tolist() == [[0, 0, 1, 2], [0, 0, 2, 5]]
    assert false_positives.tolist() == [[0, 1, 2, 2], [0, 1, 1, 1]]


def test_no_cases_have_one_empty_threshold():
    true_positives, false_positives = Ranking.of(BinaryCases.of([], [], [])).counts(np.ones((2, 0)))
    assert true_positives.tolist() == false_positives.tolist() == [[0], [0]]
