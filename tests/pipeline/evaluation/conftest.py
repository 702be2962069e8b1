"""Predictions of several models that nobody trained."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax

from heads.base import by_class
from pipeline.artifacts.plan import PrimaryComparison
from pipeline.artifacts.predictions import Predictions
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.rule import DecisionRule
from pipeline.statistics.scored_cases import ScoredCases

PROVENANCE = {
    "backbone": "resnet50",
    "weights": "resnet50.tv_in1k",
    "weights_random": False,
    "synthetic": False,
    "classes": ["normal", "opacity"],
}
NAMES = ("a", "b", "c", "d", "e")


@pytest.fixture
def invent():
    """Return a function that makes predictions of 120 cases of 60 patients, in three splits."""

    def predictions(skill=1.0, *, seed=0, views=False, **provenance):
        n = 120
        labels = np.random.default_rng(99).integers(0, 2, n)
        generator = np.random.default_rng(seed)
        noise = generator.normal(size=(n, 2))
        by_view = 1 / (1 + np.exp(-(skill * (2 * labels[:, np.newaxis] - 1) + noise)))
        cases = pd.DataFrame(
            {
                "id": [f"image-{i:03}" for i in range(n)],
                "group": [f"patient-{i // 2:02}" for i in range(n)],
                "label": labels,
                "split": ["train"] * 40 + ["validation"] * 40 + ["test"] * 40,
            }
        )
        by_view = by_view if views else by_view[:, :1]
        return Predictions.of_views(cases, by_class(by_view), {**PROVENANCE, **provenance})

    return predictions


PLAN = PrimaryComparison.of(
    first="finetune-seed", second="mlp", inner_auc={}, margin=0.02, confidence=0.95
)


@pytest.fixture
def plan():
    """Return the primary comparison of finetune-seed and the MLP."""
    return PLAN


@pytest.fixture
def binary():
    """Return a maker of classified cases of a binary task from labels and positive scores."""

    def make(labels, scores, groups=None, threshold=0.5):
        groups = np.arange(len(labels)) if groups is None else groups
        both = by_class(np.asarray(scores, dtype=np.float64))
        cases = ScoredCases.of(labels, both, groups)
        return ClassifiedCases.of(Task.of(NAMES[:2]), cases, DecisionRule(threshold))

    return make


@pytest.fixture
def several():
    """Return a maker of classified cases of several classes, two a patient, with some skill."""

    def make(n=90, *, n_classes=3, skill=1.0, seed=0):
        rng = np.random.default_rng(seed)
        labels = np.arange(n) // 2 % n_classes
        logits = rng.normal(size=(n, n_classes)) + skill * np.eye(n_classes)[labels]
        groups = [f"p{i // 2:03d}" for i in range(n)]
        cases = ScoredCases.of(labels, softmax(logits, axis=1), groups)
        return ClassifiedCases.of(Task.of(NAMES[:n_classes]), cases, DecisionRule(None))

    return make
