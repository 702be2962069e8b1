import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from pipeline.statistics.auc import auc_interval
from pipeline.statistics.delong import (
    influences,
    model_variance,
    quantile,
    spread,
)
from pipeline.statistics.scored_cases import BinaryCases

# The WFNS grades (1 to 5) of pROC's subarachnoid haemorrhage data as counts by outcome, and the
# figures of pROC's own tests (Robin et al., BMC Bioinformatics 12:77, 2011)
GOOD, POOR = (37, 20, 3, 8, 4), (2, 12, 1, 8, 18)
PROC = {"auc": 0.823678861788618, "low": 0.748534887819453, "high": 0.898822835757783}
TABLE = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 6), st.integers(0, 5)), min_size=4, max_size=40
)


def graded():
    grades = np.arange(1, 6) / 6
    scores = np.concatenate([np.repeat(grades, GOOD), np.repeat(grades, POOR)])
    labels = np.repeat([0, 1], [sum(GOOD), sum(POOR)])
    return BinaryCases.of(labels, scores, np.arange(labels.size))


def by_definition(labels, scores, patients):
    """Return AUC and clustered variance by loops over pairs of cases and over patients."""
    psi = (scores[:, None] > scores) + 0.5 * (scores[:, None] == scores)
    psi = psi[labels == 1][:, labels == 0]
    auc, m, n = psi.mean(), *psi.shape
    of_positive, of_negative = patients[labels == 1], patients[labels == 0]
    sums = [
        (
            (psi.mean(1) - auc)[of_positive == k].sum() / m,
            (psi.mean(0) - auc)[of_negative == k].sum() / n,
        )
        for k in np.unique(patients)
    ]
    k10, k01, k = (np.unique(each).size for each in (of_positive, of_negative, patients))
    return auc, (
        k10 / (k10 - 1) * sum(p * p for p, _ in sums)
        + k01 / (k01 - 1) * sum(q * q for _, q in sums)
        + 2 * k / (k - 1) * sum(p * q for p, q in sums)
    )


def test_one_image_a_patient_gives_the_figures_of_proc():
    cases = graded()
    auc, influence = influences(cases)
    half = quantile(0.95, np.inf) * spread(influence, cases).variance ** 0.5
    assert auc == pytest.approx(PROC["auc"], abs=1e-14)
    assert auc - half == pytest.approx(PROC["low"], abs=1e-12)
    assert auc + half == pytest.approx(PROC["high"], abs=1e-12)


@given(table=TABLE)
@settings(max_examples=100, deadline=None)
def test_the_clustered_variance_is_that_of_its_definition(table):
    labels, scores, patients = (np.array(column) for column in zip(*table, strict=True))
    cases = BinaryCases.of(labels, scores / 6, patients)
    if not cases.has_both_classes:
        with pytest.raises(ValueError, match="needs both classes"):
            influences(cases)
        return
    auc, influence = influences(cases)
    assert auc == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    found = spread(influence, cases)
    if min(np.unique(patients[labels == label]).size for label in (0, 1)) < 2:
        assert found is None
        return
    _, variance = by_definition(labels, scores, patients)
    assert found.variance == pytest.approx(max(variance, 0), abs=1e-12)


def test_copies_of_an_image_tell_nothing_new():
    generator = np.random.default_rng(0)
    labels, scores = np.arange(60) % 2, generator.random(60)
    once = BinaryCases.of(labels, scores, np.arange(60))
    thrice = BinaryCases.of(*(np.repeat(each, 3) for each in (labels, scores, np.arange(60))))
    alone, copied = (spread(influences(each)[1], each) for each in (once, thrice))
    assert copied.variance == pytest.approx(alone.variance)
    low, high = auc_interval([once], 0.95)
    copied_low, copied_high = auc_interval([thrice], 0.95)
    assert copied_low == pytest.approx(low, abs=0.02)
    assert copied_high == pytest.approx(high, abs=0.02)


def test_the_ends_of_the_interval_are_those_of_its_formula():
    cases = graded()
    auc, influence = influences(cases)
    found = spread(influence, cases)
    design_effect = max(found.variance / model_variance(auc, sum(POOR), sum(GOOD)), 1)
    q = quantile(0.95, 2 * found.satterthwaite)
    for end in auc_interval([cases], 0.95):
        distance = q**2 * design_effect * model_variance(end, sum(POOR), sum(GOOD))
        assert (auc - end) ** 2 == pytest.approx(distance)


def test_a_perfect_ranking_has_an_interval_with_a_width():
    cases = BinaryCases.of([0] * 20 + [1] * 10, np.linspace(0, 1, 30), np.arange(30))
    low, high = auc_interval([cases], 0.95)
    assert 0.8 < low < 0.95
    assert high == 1
    reverse = BinaryCases.of(1 - cases.labels, cases.probabilities, np.arange(30))
    assert auc_interval([reverse], 0.95) == pytest.approx((0, 1 - low))


@pytest.mark.parametrize("labels", [[0, 0, 0, 1, 1], [0, 0, 0, 0, 0]])
def test_one_patient_of_a_class_tells_nothing_of_others(labels):
    cases = BinaryCases.of(labels, [0.1, 0.5, 0.3, 0.7, 0.2], [1, 2, 3, 4, 4])
    assert auc_interval([cases], 0.95) == (None, None)
