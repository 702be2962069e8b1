import numpy as np
import pandas as pd
import pytest

from pipeline.statistics.scored_cases import BinaryCases, ScoredCases
from radbank.errors import RadbankError

LABELS = [0, 1, 2, 2]
PROBABILITIES = [[0.5, 0.3, 0.2], [0.4, 0.4, 0.2], [0.1, 0.2, 0.7], [0.6, 0.2, 0.2]]
GROUPS = ["b", "a", "a", "c"]


def test_patients_are_numbered_as_they_appear_whatever_they_are_called():
    cases = ScoredCases.of(LABELS, PROBABILITIES, pd.Series(GROUPS))
    assert cases.patients.tolist() == [0, 1, 1, 2]
    assert (cases.n, cases.n_classes, cases.n_patients) == (4, 3, 3)


def test_one_class_against_the_rest_is_binary():
    binary = ScoredCases.of(LABELS, PROBABILITIES, GROUPS).one_vs_rest(2)
    assert binary.labels.tolist() == [0, 0, 1, 1]
    assert binary.probabilities.tolist() == [0.2, 0.2, 0.7, 0.2]
    assert (binary.n, binary.n_positive, binary.has_both_classes) == (4, 2, True)


def test_a_part_has_its_own_patients():
    members = np.array([True, False, False, True])
    part = ScoredCases.of(LABELS, PROBABILITIES, GROUPS).inside(members)
    assert (part.n, part.n_patients, part.patients.tolist()) == (2, 2, [0, 1])


def test_single_precision_probabilities_keep_their_value():
    scores = np.array([0.1, 0.7], dtype=np.float32)
    assert BinaryCases.of([0, 1], scores, [1, 2]).probabilities.tolist() == scores.tolist()


@pytest.mark.parametrize("wrong", [[0.5, 0.3, 0.1], [np.nan, 0.5, 0.5], [-0.1, 0.6, 0.5]])
def test_what_is_no_distribution_is_refused(wrong):
    with pytest.raises(RadbankError, match=r"probabilities of 1 of 4 .* lower its learning rate"):
        ScoredCases.of(LABELS, [*PROBABILITIES[:3], wrong], GROUPS)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -0.1, 1.1])
def test_a_score_that_is_no_probability_is_refused(wrong):
    with pytest.raises(RadbankError, match=r"probabilities of 1 of 2 .* lower its learning rate"):
        BinaryCases.of([0, 1], [0.5, wrong], ["a", "b"])


@pytest.mark.parametrize(
    ("labels", "groups"), [([0, 1, 2, 3], GROUPS), ([0, 1, 2], GROUPS), (LABELS, GROUPS[:3])]
)
def test_labels_of_no_class_and_other_lengths_are_refused(labels, groups):
    with pytest.raises(ValueError, match=r"of no class|of shape"):
        ScoredCases.of(labels, PROBABILITIES, groups)
    with pytest.raises(ValueError, match="of shape"):
        BinaryCases.of([[0, 1]], [[0.5, 1]], [["a", "b"]])
