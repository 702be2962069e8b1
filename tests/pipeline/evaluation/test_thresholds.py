import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from pipeline.evaluation.thresholds import youden_threshold

CASES = st.lists(
    st.tuples(st.integers(0, 1), st.one_of(st.sampled_from([0.0, 0.3, 1.0]), st.floats(0, 1))),
    min_size=1,
    max_size=40,
)


def test_a_separable_set_is_cut_midway():
    assert youden_threshold([0, 0, 1, 1], [0.1, 0.2, 0.6, 0.9]) == 0.4


def test_of_equally_good_cuts_the_lowest_is_taken():
    # J is 0.5 for a cut at 0.7 and for one at 0.3
    assert youden_threshold([0, 1, 0, 1], [0.2, 0.4, 0.6, 0.8]) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("labels", "probabilities"),
    [
        ([], []),
        ([0, 0], [0.1, 0.2]),
        ([1, 1], [0.1, 0.2]),
        ([0, 1], [0.3, 0.3]),
        ([1, 0], [0.1, 0.9]),
    ],
)
def test_where_no_cut_is_better_than_chance_it_is_a_half(labels, probabilities):
    assert youden_threshold(labels, probabilities) == 0.5


def test_neighbouring_floats_are_still_cut_apart():
    below = 0.5
    above = np.nextafter(below, 1)
    assert below < youden_threshold([0, 1], [below, above]) <= above


@given(cases=CASES, order=st.randoms())
@settings(max_examples=150, deadline=None)
def test_the_cut_reaches_the_highest_index_whatever_the_order(cases, order):
    labels, probabilities = (np.array(column) for column in zip(*cases, strict=True))
    threshold = youden_threshold(labels, probabilities)
    shuffled = order.sample(cases, len(cases))
    assert youden_threshold(*zip(*shuffled, strict=True)) == threshold
    if 0 < labels.sum() < labels.size:
        fpr, tpr, _ = roc_curve(labels, probabilities)
        called = probabilities >= threshold
        index = called[labels == 1].mean() - called[labels == 0].mean()
        if (tpr - fpr).max() > 1e-12:
            assert index == pytest.approx((tpr - fpr).max())
