from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heads.examples import Examples
from pipeline.splitting.partition import Plan
from pipeline.splitting.resampling import cross_validate
from radbank.errors import RadbankError

CLASSES = ("no", "yes")
PLAN = Plan(test=0.2, validation=0.25, folds=3, seed=1)


def cohort(rng, n_patients=60):
    """Return images whose one feature is their number, 1 to 3 a patient."""
    groups = np.repeat(np.arange(n_patients), rng.integers(1, 4, n_patients))
    labels = (groups % 5 < 2).astype(np.int64)
    n = len(groups)
    return Examples(
        embeddings=np.arange(n, dtype=np.float32).reshape(n, 1, 1),
        labels=labels,
        groups=groups.astype(str).astype(object),
        folds=np.full(n, -1),
    )


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_patient_is_on_two_sides_of_a_fold(seed):
    examples = cohort(np.random.default_rng(seed))
    for fold in cross_validate(examples, replace(PLAN, seed=seed % 1000), 2, classes=CLASSES):
        held_out = examples.take(fold.held_out)
        sides = [set(part.groups) for part in (fold.train, fold.validation, held_out)]
        assert sum(map(len, sides)) == len(set.union(*sides)) == len(set(examples.groups))
        for number in range(PLAN.folds):
            inside = fold.train.folds == number
            assert not set(fold.train.groups[inside]) & set(fold.train.groups[~inside])
            assert set(fold.train.labels[~inside]) == {0, 1}
        assert set(fold.validation.labels) == {0, 1}


def test_every_image_is_held_out_once_a_repeat_and_repeats_differ():
    examples = cohort(np.random.default_rng(0))
    folds = list(cross_validate(examples, PLAN, 2, classes=CLASSES))
    assert [(fold.repeat, fold.number) for fold in folds] == [
        (repeat, number) for repeat in range(2) for number in range(3)
    ]
    first, second = (
        np.concatenate([fold.held_out for fold in folds if fold.repeat == repeat])
        for repeat in range(2)
    )
    everyone = list(range(len(examples)))
    assert sorted(first) == sorted(second) == everyone
    assert (first != second).any()


def test_rows_keep_their_labels_and_embeddings():
    examples = cohort(np.random.default_rng(0))
    for fold in cross_validate(examples, PLAN, 1, classes=CLASSES):
        for part in (fold.train, fold.validation):
            rows = part.plain[:, 0].astype(int)
            assert part.labels.tolist() == examples.labels[rows].tolist()
            assert part.groups.tolist() == examples.groups[rows].tolist()


def test_too_few_patients_of_a_class_are_said():
    examples = cohort(np.random.default_rng(0), n_patients=7)
    with pytest.raises(RadbankError, match="too few"):
        list(cross_validate(examples, PLAN, 1, classes=CLASSES))


def test_no_repeats_give_nothing():
    assert list(cross_validate(cohort(np.random.default_rng(0)), PLAN, 0, classes=CLASSES)) == []


def test_names_of_patients_decide_nothing():
    examples = cohort(np.random.default_rng(0))
    renamed = replace(examples, groups=np.array([f"{name}"[::-1] for name in examples.groups]))
    pairs = zip(
        *(cross_validate(each, PLAN, 2, classes=CLASSES) for each in (examples, renamed)),
        strict=True,
    )
    for one, other in pairs:
        assert one.held_out.tolist() == other.held_out.tolist()
        assert one.train.plain.tolist() == other.train.plain.tolist()
        assert one.train.folds.tolist() == other.train.folds.tolist()
