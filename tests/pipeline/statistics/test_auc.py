import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from pipeline.statistics.auc import (
    auc_difference,
    auc_influences,
    auc_interval,
)
from pipeline.statistics.clustered_variance import spread_over
from pipeline.statistics.delong import influences, model_variance, quantile, spread
from pipeline.statistics.scored_cases import BinaryCases

# label, score of each of three classes, patient
TABLE = st.lists(
    st.tuples(
        st.integers(0, 2), st.tuples(*[st.integers(0, 8)] * 3), st.integers(0, 5), st.integers(0, 8)
    ),
    min_size=6,
    max_size=40,
)


def against_rest(labels, probabilities, groups, classes=None):
    classes = range(probabilities.shape[1]) if classes is None else classes
    return [
        BinaryCases.of((labels == label).astype(int), probabilities[:, label], groups)
        for label in classes
    ]


def drawn(n=60, *, seed=0, skill=1.5, images=1):
    """Return labels, two models' probabilities of three classes, and patients."""
    generator = np.random.default_rng(seed)
    labels = generator.choice(3, n, p=(0.5, 0.3, 0.2))
    common = generator.normal(size=(n, 3))
    first, second = (
        softmax(skill * np.eye(3)[labels] + common + generator.normal(size=(n, 3)), axis=1)
        for _ in range(2)
    )
    return labels, first, second, np.arange(n) // images


def columns(table):
    labels, scores, patients, others = (np.array(column) for column in zip(*table, strict=True))
    return labels, scores / 8, patients, others / 8


def macro_auc(labels, probabilities, weights):
    """Return the macro AUC of weighted cases by its definition over pairs of cases."""
    areas = []
    for label in range(3):
        own, scores = labels == label, probabilities[:, label]
        psi = (scores[own][:, None] > scores[~own]) + 0.5 * (scores[own][:, None] == scores[~own])
        pairs = np.outer(weights[own], weights[~own])
        areas.append((psi * pairs).sum() / pairs.sum())
    return np.mean(areas)


@given(table=TABLE)
@settings(max_examples=100, deadline=None)
def test_two_classes_that_complement_each_other_are_one(table):
    labels, scores, patients, others = columns(table)
    labels = np.minimum(labels, 1)
    both, other = (
        against_rest(labels, np.column_stack([1 - each, each]), patients)
        for each in (scores[:, 1], others)
    )
    assert auc_interval(both, 0.95) == pytest.approx(auc_interval(both[1:], 0.95), abs=1e-9)
    found, single = (auc_difference(*each, 0.95) for each in ((both, other), (both[1:], other[1:])))
    assert list(found.model_dump(exclude={"p_holm"}).values()) == pytest.approx(
        list(single.model_dump(exclude={"p_holm"}).values()), abs=1e-9
    )


def test_the_influence_of_a_case_is_the_change_with_its_weight():
    labels, probabilities, _, groups = drawn()
    auc, influence = auc_influences(against_rest(labels, probabilities, groups))
    assert auc == pytest.approx(
        roc_auc_score(labels, probabilities, multi_class="ovr", average="macro")
    )
    assert influence.sum() == pytest.approx(0, abs=1e-12)
    step = 1e-6
    for case in range(0, 60, 7):
        weights = np.ones(60)
        weights[case] += step
        change = (macro_auc(labels, probabilities, weights) - auc) / step
        assert change == pytest.approx(influence[case], abs=1e-6)


def test_the_variance_is_that_of_the_jackknife_over_patients():
    labels, first, second, groups = drawn(600, images=3)
    left_out = []
    for patient in range(200):
        weights = (groups != patient).astype(float)
        pair = [macro_auc(labels, each, weights) for each in (first, second)]
        left_out.append((pair[0], pair[0] - pair[1]))
    variance, of_difference = 199 * np.var(left_out, axis=0)
    one, other = (against_rest(labels, each, groups) for each in (first, second))
    _, influence = auc_influences(one)
    strata = [cases.labels == 1 for cases in one]
    found = spread_over(influence, strata, one[0].patients, 200)
    assert found.variance == pytest.approx(variance, rel=0.03)
    difference = auc_difference(one, other, 0.95)
    error = of_difference**0.5
    assert difference.high - difference.low == pytest.approx(2 * 1.96 * error, rel=0.03)
    assert difference.p == pytest.approx(2 * norm.sf(abs(difference.value) / error), rel=0.05)


@pytest.mark.parametrize("images", [1, 3])  # the model's variances are the larger with one
def test_the_ends_of_the_interval_are_those_of_its_formula(images):
    labels, probabilities, _, groups = drawn(images=images)
    classes = against_rest(labels, probabilities, groups)
    patients = classes[0].patients
    auc = auc_influences(classes)[0]

    def by_class(area):
        return np.array(
            [model_variance(area, each.n_positive, 60 - each.n_positive) for each in classes]
        )

    enlarged = []
    for label, cases in enumerate(classes):
        area, influence = influences(cases)
        factor = by_class(area)[label] / spread(influence, cases).variance
        enlarged.append(influence * max(factor, 1) ** 0.5)
    strata = [cases.labels == 1 for cases in classes]
    found = spread_over(np.mean(enlarged, axis=0), strata, patients, groups.max() + 1)
    width = quantile(0.95, 2 * found.satterthwaite) ** 2 * found.variance
    for end in auc_interval(classes, 0.95):
        shape = (np.sqrt(by_class(end)).mean() / np.sqrt(by_class(auc)).mean()) ** 2
        assert (auc - end) ** 2 == pytest.approx(width * shape)


@given(table=TABLE, seed=st.integers(0, 100))
@settings(max_examples=50, deadline=None)
def test_the_order_of_classes_and_cases_and_what_keeps_their_order_change_nothing(table, seed):
    labels, scores, patients, others = columns(table)
    second = np.column_stack([others] * 3)
    order = np.random.default_rng(seed).permutation(labels.size)
    plain = [against_rest(labels, each, patients) for each in (scores, second)]
    changed = [
        against_rest(labels[order], each[order] ** 2 / 2, 9 - patients[order], [2, 0, 1])
        for each in (scores, second)
    ]
    assert auc_interval(changed[0], 0.9) == pytest.approx(auc_interval(plain[0], 0.9), abs=1e-9)
    assert list(
        auc_difference(*changed, 0.9).model_dump(exclude={"p_holm"}).values()
    ) == pytest.approx(
        list(auc_difference(*plain, 0.9).model_dump(exclude={"p_holm"}).values()), abs=1e-9
    )


def test_copies_of_an_image_tell_nothing_new():
    labels, first, second, groups = drawn(120)
    once, thrice = (
        [
            against_rest(*(np.repeat(x, copies, axis=0) for x in (labels, model, groups)))
            for model in (first, second)
        ]
        for copies in (1, 3)
    )
    assert auc_interval(thrice[0], 0.95) == pytest.approx(auc_interval(once[0], 0.95), abs=0.02)
    alone, copied = (auc_difference(*each, 0.95) for each in (once, thrice))
    assert (copied.value, copied.low, copied.p) == pytest.approx((alone.value, alone.low, alone.p))


def test_images_of_one_patient_widen_the_interval():
    labels, probabilities, _, _ = drawn(60)
    fourfold = [np.repeat(each, 4, axis=0) for each in (labels, probabilities)]
    by_image = auc_interval(against_rest(*fourfold, np.arange(240)), 0.95)
    by_patient = auc_interval(against_rest(*fourfold, np.arange(240) // 4), 0.95)
    assert by_patient[1] - by_patient[0] > 1.5 * (by_image[1] - by_image[0])


def test_cases_of_no_class_that_counts_are_in_every_rest():
    labels, probabilities, _, groups = drawn(90)
    low, high = auc_interval(against_rest(labels, probabilities, groups, [0, 1]), 0.95)
    mean = auc_influences(against_rest(labels, probabilities, groups, [0, 1]))[0]
    areas = [roc_auc_score(labels == label, probabilities[:, label]) for label in (0, 1)]
    assert mean == pytest.approx(np.mean(areas))
    assert 0 < low < mean < high < 1


def test_perfect_and_reversed_rankings_have_an_interval_with_a_width():
    labels = np.repeat([0, 1, 2], 10)
    perfect = against_rest(labels, np.eye(3)[labels], np.arange(30))
    low, high = auc_interval(perfect, 0.95)
    assert 0.8 < low < 0.95
    assert high == 1
    reverse = against_rest(labels, 1 - np.eye(3)[labels], np.arange(30))
    assert auc_interval(reverse, 0.95) == pytest.approx((0, 1 - low))
    in_pairs = auc_interval(against_rest(labels, np.eye(3)[labels], np.arange(30) // 2), 0.95)
    assert in_pairs[0] < low


def test_equal_scores_have_an_interval_about_a_half():
    labels = np.repeat([0, 1, 2], 10)
    ties = against_rest(labels, np.full((30, 3), 1 / 3), np.arange(30))
    low, high = auc_interval(ties, 0.95)
    assert low + high == pytest.approx(1)
    assert 0.2 < low < 0.4


def test_a_model_does_not_differ_from_itself_and_the_sign_changes_with_the_order():
    labels, first, second, groups = drawn(images=2)
    one, other = (against_rest(labels, each, groups) for each in (first, second))
    same = auc_difference(one, one, 0.95)
    assert (same.value, same.low, same.high, same.p) == (0, None, None, None)
    assert same.because == "no variance between patients"
    forth, back = auc_difference(one, other, 0.95), auc_difference(other, one, 0.95)
    assert (forth.value, forth.low, forth.p) == pytest.approx((-back.value, -back.high, back.p))


def test_a_class_of_one_patient_or_none_tells_nothing_of_others():
    labels = np.array([0, 0, 1, 1, 2, 2])
    probabilities = softmax(np.random.default_rng(0).normal(size=(6, 3)), axis=1)
    one_patient = against_rest(labels, probabilities, np.array([1, 2, 3, 4, 5, 5]))
    assert auc_interval(one_patient, 0.95) == (None, None)
    found = auc_difference(one_patient, one_patient, 0.95)
    assert (found.value, found.low, found.p) == (0, None, None)
    absent = against_rest(np.minimum(labels, 1), probabilities, np.arange(6))
    assert auc_interval(absent, 0.95) == (None, None)
    nothing = auc_difference(absent, absent, 0.95)
    assert (nothing.value, nothing.low, nothing.p) == (None, None, None)
    with pytest.raises(ValueError, match="needs both classes"):
        auc_influences(absent)


def scored(labels, logits, groups=None):
    groups = np.arange(len(labels)) if groups is None else groups
    return BinaryCases.of(labels, 1 / (1 + np.exp(-logits)), groups)


@pytest.fixture
def two_models():
    generator = np.random.default_rng(0)
    labels = np.arange(2000) % 2
    return labels, generator.normal(labels), generator.normal(1.3 * labels)


def test_many_patients_give_delongs_test_by_its_definition(two_models):
    labels, first, second = two_models
    placements = []
    for scores in (first, second):
        better = (scores[labels == 1][:, None] > scores[labels == 0]).astype(float)
        placements.append((better.mean(1), better.mean(0)))
    (x, y), (u, v) = placements
    variance = np.var(x - u, ddof=1) / x.size + np.var(y - v, ddof=1) / y.size
    z = (x.mean() - u.mean()) / variance**0.5
    found = auc_difference([scored(labels, first)], [scored(labels, second)], 0.95)
    assert found.value == pytest.approx(x.mean() - u.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * variance**0.5, rel=2e-3)
    assert found.p == pytest.approx(2 * norm.sf(abs(z)), rel=0.05)


def test_a_model_does_not_differ_from_itself_or_from_another_that_ranks_alike(two_models):
    labels, logits, _ = two_models
    for other in (logits, 2 * logits - 1):
        found = auc_difference([scored(labels, logits)], [scored(labels, other)], 0.95)
        assert (found.value, found.low, found.high, found.p) == (0, None, None, None)
        assert found.because == "no variance between patients"


def test_an_auc_at_its_bound_says_nothing_of_other_patients(two_models):
    labels, first, _ = two_models
    perfect = [scored(labels, labels.astype(float))]
    for pair in ((perfect, [scored(labels, first)]), ([scored(labels, first)], perfect)):
        found = auc_difference(*pair, 0.95)
        assert found.value != 0
        assert (found.low, found.high, found.p) == (None, None, None)
        assert found.because == "an AUC at its bound on these cases"


def test_the_sign_changes_with_the_order(two_models):
    labels, first, second = two_models
    forth = auc_difference([scored(labels, first)], [scored(labels, second)], 0.95)
    back = auc_difference([scored(labels, second)], [scored(labels, first)], 0.95)
    assert (forth.value, forth.low, forth.p) == pytest.approx((-back.value, -back.high, back.p))


def test_images_of_one_patient_weaken_the_evidence(two_models):
    labels, first, second = (np.repeat(each[:80], 4) for each in two_models)
    by_patient = auc_difference(
        *([scored(labels, each, np.arange(320) // 4)] for each in (first, second)), 0.95
    )
    by_image = auc_difference([scored(labels, first)], [scored(labels, second)], 0.95)
    assert by_patient.value == by_image.value
    assert by_patient.high - by_patient.low > 1.9 * (by_image.high - by_image.low)
    assert by_patient.p > by_image.p


def test_without_two_patients_of_each_class_nothing_is_tested():
    found = auc_difference(*[[scored([0, 0, 1], np.array([0.0, 1.0, 2.0]))]] * 2, 0.95)
    assert (found.value, found.p) == (0, None)
    nothing = auc_difference(*[[scored([0, 0], np.array([0.0, 1.0]))]] * 2, 0.95)
    assert (nothing.value, nothing.low, nothing.p) == (None, None, None)
