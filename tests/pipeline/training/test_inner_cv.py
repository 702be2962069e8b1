import numpy as np
import pytest

from heads.examples import Examples
from heads.logistic_regression import LogisticRegression
from pipeline.splitting.partition import Plan
from pipeline.training.inner_cv import inner_cv

PLAN = Plan(test=0, validation=0.2, folds=4, seed=0)


def drawn(n=160, skill=1.0, classes=2):
    """Draw images, two a patient."""
    rng = np.random.default_rng(0)
    labels = np.arange(n) // 2 % classes
    embeddings = rng.normal(size=(n, 1, 6)).astype(np.float32)
    embeddings[np.arange(n), 0, labels] += skill
    groups = np.array([f"p{i // 2}" for i in range(n)], dtype=object)
    return Examples(embeddings=embeddings, labels=labels, groups=groups, folds=np.full(n, -1))


def make():
    return LogisticRegression(C=[0.1], seed=0)


@pytest.mark.parametrize("names", ["ab", "abc"])
def test_a_head_is_scored_on_patients_that_it_never_saw(names):
    found = inner_cv(make, drawn(skill=2.0, classes=len(names)), PLAN, names)
    assert len(found.by_fold) == 4
    assert found.auc == pytest.approx(np.mean(found.by_fold))
    assert found.auc > 0.8
    by_chance = inner_cv(make, drawn(skill=0.0, classes=len(names)), PLAN, names)
    assert 0.3 < by_chance.auc < 0.7


def test_what_a_patient_remembers_does_not_help():
    images = drawn(skill=0.0)
    patients = np.arange(160) // 2
    images.embeddings[:, 0, :] = np.random.default_rng(1).normal(size=(80, 6))[patients]
    assert inner_cv(make, images, PLAN, "ab").auc < 0.7


def test_too_few_patients_are_said():
    found = inner_cv(make, drawn(8), PLAN, "ab")
    assert found.auc is None
    assert found.because.endswith(".")
