import numpy as np
import pytest

from pipeline.evaluation.multiclass.cases import ClassCases
from radbank.errors import RadbankError

LABELS = [0, 1, 2, 2]
SAID = [[0.5, 0.3, 0.2], [0.4, 0.4, 0.2], [0.1, 0.2, 0.7], [0.6, 0.2, 0.2]]
GROUPS = ["b", "a", "a", "c"]


def test_the_highest_probability_is_the_call_and_the_first_of_equal_ones():
    cases = ClassCases.of(LABELS, SAID, GROUPS)
    assert cases.calls.tolist() == [0, 0, 2, 0]
    assert cases.right.tolist() == [True, False, True, False]
    assert (cases.n, cases.n_classes, cases.n_patients) == (4, 3, 3)
    assert cases.patients.tolist() == [1, 0, 0, 2]
    assert cases.counts == [1, 1, 2]
    assert cases.has_every_class
    assert not ClassCases.of([0, 1, 1, 0], SAID, GROUPS).has_every_class


def test_one_class_against_the_rest_is_a_question_of_two():
    binary = ClassCases.of(LABELS, SAID, GROUPS).against_rest(2)
    assert binary.labels.tolist() == [0, 0, 1, 1]
    assert binary.probabilities.tolist() == [0.2, 0.2, 0.7, 0.2]


def test_a_part_has_its_own_patients():
    part = ClassCases.of(LABELS, SAID, GROUPS).inside(np.array([True, False, False, True]))
    assert (part.n, part.n_patients, part.patients.tolist()) == (2, 2, [0, 1])


@pytest.mark.parametrize("wrong", [[0.5, 0.3, 0.1], [np.nan, 0.5, 0.5], [-0.1, 0.6, 0.5]])
def test_what_is_no_distribution_is_refused(wrong):
    with pytest.raises(RadbankError, match="probabilities of 1 of 4 cases"):
        ClassCases.of(LABELS, [*SAID[:3], wrong], GROUPS)


@pytest.mark.parametrize(
    ("labels", "groups"), [([0, 1, 2, 3], GROUPS), ([0, 1, 2], GROUPS), (LABELS, GROUPS[:3])]
)
def test_labels_of_no_class_and_other_lengths_are_refused(labels, groups):
    with pytest.raises(ValueError, match=r"of no class|of shape"):
        ClassCases.of(labels, SAID, groups)
