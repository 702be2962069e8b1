"""Cases of three classes that nobody photographed."""

import numpy as np
import pytest
from scipy.special import softmax

from pipeline.evaluation.multiclass.cases import ClassCases


@pytest.fixture
def make_cases():
    """Return a maker of cases, two a patient, told apart with some skill."""

    def make(n=90, *, n_classes=3, skill=1.0, seed=0):
        rng = np.random.default_rng(seed)
        labels = np.arange(n) // 2 % n_classes
        logits = rng.normal(size=(n, n_classes)) + skill * np.eye(n_classes)[labels]
        groups = [f"p{i // 2:03d}" for i in range(n)]
        return ClassCases.of(labels, softmax(logits, axis=1), groups)

    return make
