import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.scored_cases import ScoredCases
from radbank.errors import RadbankError


def test_patients_are_numbered_in_the_order_of_their_names():
    cases = ScoredCases.of([0, 1, 1], [0.1, 0.2, 0.3], pd.Series(["b", "a", "b"]))
    assert cases.patients.tolist() == [1, 0, 1]
    assert (cases.n, cases.n_patients, cases.n_positive) == (3, 2, 2)
    assert cases.has_both_classes


def test_single_precision_probabilities_keep_their_value():
    said = np.array([0.1, 0.7], dtype=np.float32)
    assert ScoredCases.of([0, 1], said, [1, 2]).probabilities.tolist() == said.tolist()


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -0.1, 1.1])
def test_a_probability_that_is_none_is_the_users_to_mend(wrong):
    with pytest.raises(RadbankError, match=r"1 of 2 probabilities .* lower its learning rate"):
        ScoredCases.of([0, 1], [0.5, wrong], ["a", "b"])


def test_labels_and_lengths_are_checked():
    with pytest.raises(ValueError, match="labels are 0 or 1"):
        ScoredCases.of([0, 2], [0.5, 0.5], ["a", "b"])
    with pytest.raises(ValueError, match="have shapes"):
        ScoredCases.of([0, 1], [0.5], ["a", "b"])
    with pytest.raises(ValueError, match="have shapes"):
        ScoredCases.of([[0, 1]], [[0.5, 1]], [["a", "b"]])
