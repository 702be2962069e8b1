"""Simulated studies of models that are trained from several seeds.

In each study one arm stands under two names, trained from other seeds. Any difference that is
called is wrong. A study is a cohort of images, about two a patient, and the scores of every
training: what all trainings find hard in an image, what one finds hard, and how good it is. With
`--trained` the scores are those of radbank's MLP, trained on drawn embeddings. The last column is
of permuted labels, by patient: the share of the intervals of the AUC that hold 0.5.

Example: python -m benchmarks.seeds --studies 200
"""

import argparse
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from heads.base import by_class
from heads.examples import Examples
from heads.mlp import MLP
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.comparison import compare
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.rule import DecisionRule
from pipeline.evaluation.score import measure
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.scored_cases import FloatArray, IntArray, ScoredCases

INTERVALS = Intervals(n_bootstrap=200, confidence=0.95, seed=0)
TASK = Task.of(["no", "yes"])
SIZES = (60, 200, 600)
FEATURES = 24

Arm = Callable[[], FloatArray]
"""Trains once and returns the probability of the positive class, shape (n_images,)."""


class Cohort(NamedTuple):
    """Labels and patients of the images, and the order of the labels permuted by patient."""

    labels: IntArray
    patients: IntArray
    permuted: IntArray


def draw_cohort(generator: np.random.Generator, n: int) -> Cohort:
    """Draw n images, about two a patient, a third of the patients positive."""
    patients = np.sort(generator.integers(n // 2, size=n))
    of_patient = (generator.random(n // 2) < 1 / 3).astype(np.int64)
    return Cohort(of_patient[patients], patients, generator.permutation(of_patient)[patients])


def scores(
    generator: np.random.Generator, cohort: Cohort, *, by_case: float, by_seed: float
) -> Arm:
    """Return an arm whose trainings differ in what they find hard and in their skill."""
    shared = generator.normal(size=cohort.labels.size)
    shared += 0.7 * generator.normal(size=cohort.patients.max() + 1)[cohort.patients]

    def train() -> FloatArray:
        skill = 1.5 + by_seed * generator.normal()
        own = by_case * generator.normal(size=cohort.labels.size)
        return expit(shared + own + skill * (cohort.labels - 0.5))

    return train


def networks(generator: np.random.Generator, cohort: Cohort) -> Arm:
    """Return an arm that is an MLP on drawn embeddings, which its training never saw."""
    direction = generator.normal(size=FEATURES) / np.sqrt(FEATURES)

    def embed(labels: IntArray, patients: IntArray) -> Examples:
        noise = generator.normal(size=(labels.size, FEATURES))
        noise += 0.7 * generator.normal(size=(patients.max() + 1, FEATURES))[patients]
        embeddings = (noise + 1.5 * labels[:, np.newaxis] * direction).astype(np.float32)
        none = np.full(labels.size, -1)
        return Examples(
            embeddings=embeddings[:, np.newaxis], labels=labels, groups=patients, folds=none
        )

    train, validation = (embed(*draw_cohort(generator, 120)[:2]) for _ in range(2))
    test = embed(cohort.labels, cohort.patients)

    def once() -> FloatArray:
        head = MLP(seed=int(generator.integers(2**31)), members=1, hidden=16, max_epochs=20)
        return head.fit(train, validation).predict_proba(test.plain)[:, 1]

    return once


def classify(probabilities: FloatArray, labels: IntArray, patients: IntArray) -> ClassifiedCases:
    """Return the cases with the classes at the threshold 0.5."""
    cases = ScoredCases.of(labels, by_class(probabilities), patients)
    return ClassifiedCases.of(TASK, cases, DecisionRule(0.5))


def examine(arm: Arm, cohort: Cohort, n_seeds: int) -> list[float]:
    """Train an arm under two names; say what was called different, and what 0.5 is held by."""
    trained = [[arm() for _ in range(n_seeds)] for _ in range(2)]
    models = {
        name: [classify(each, cohort.labels, cohort.patients) for each in found]
        for name, found in zip("ab", trained, strict=True)
    }
    (pair,) = compare(models, INTERVALS, margin=0.02)
    by_chance = [classify(each, cohort.permuted, cohort.patients) for each in trained[0]]
    auc = measure(by_chance, [METRICS["auc"]], INTERVALS).estimates["auc"]
    low, high = pair.brier.low, pair.brier.high
    return [
        pair.better is not None,
        pair.accuracy.p is not None and pair.accuracy.p < 0.05,
        low is not None and high is not None and not low <= 0 <= high,
        pair.first_not_worse and pair.second_not_worse,
        auc.low is not None and auc.high is not None and auc.low <= 0.5 <= auc.high,
    ]


KINDS: dict[str, dict[str, float]] = {
    "other cases are hard": {"by_case": 0.5, "by_seed": 0.0},
    "other skill": {"by_case": 0.1, "by_seed": 0.3},
    "both": {"by_case": 0.5, "by_seed": 0.3},
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line a kind of arm and number of images."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=200, help="of each kind and size")
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each name")
    parser.add_argument("--trained", action="store_true", help="train networks instead")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    started, generator = time.perf_counter(), np.random.default_rng(asked.seed)
    print(f"{asked.studies} studies a line, {asked.seeds} trainings a name; per cent of them")
    print("called different by AUC, accuracy, Brier score; equal within 0.02; 0.5 held")
    print(f"{'':<22}{'images':>7}{'AUC':>8}{'acc.':>8}{'Brier':>8}{'equal':>8}{'0.5':>8}")
    for kind in ("networks",) if asked.trained else KINDS:
        for n in SIZES:
            found = []
            for _ in range(asked.studies):
                cohort = draw_cohort(generator, n)
                if asked.trained:
                    arm = networks(generator, cohort)
                else:
                    arm = scores(generator, cohort, **KINDS[kind])
                found.append(examine(arm, cohort, asked.seeds))
            shares = 100 * np.mean(np.array(found, dtype=float), axis=0)
            print(f"{kind:<22}{n:>7}" + "".join(f"{each:8.1f}" for each in shares), flush=True)
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
