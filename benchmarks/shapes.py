"""Cohorts whose scores are not normal: skewed, tied, in two heaps, or with telling cluster sizes.

The intervals of radbank were chosen on the normal scores of :mod:`benchmarks.coverage`. These
cohorts took no part in that. Every shape has two equally good models, several images a patient,
and images of a patient alike. The truth is that of a cohort of :data:`ENDLESS` images.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from pipeline.statistics.delong import influences
from pipeline.statistics.scored_cases import BinaryCases, FloatArray, IntArray

ENDLESS = 300_000
WITHIN = 0.5  # correlation of the scores of a patient's images of one class
COMMON = 0.5  # correlation of the two models' errors
IMAGES = 2.5  # mean images of a patient where their number tells nothing


class Known(NamedTuple):
    """What a model would reach on endless cases, and the threshold of its decisions."""

    auc: float
    threshold: float
    sensitivity: float
    specificity: float
    accuracy: float


@dataclass(frozen=True)
class Patients:
    """Of each image the patient, the label, and how many images the patient has."""

    of_image: IntArray
    labels: IntArray
    size: IntArray

    @classmethod
    def draw(
        cls, generator: np.random.Generator, n: int, prevalence: float, *, telling: bool
    ) -> "Patients":
        """Draw `n` images; `telling`: ill patients have more of them."""
        of_image, illness, sizes = (each[:n] for each in _ill(generator, n, telling=telling))
        labels = (illness > _cut(prevalence, telling)).astype(np.int64)
        return cls(of_image, labels, sizes)


Score = Callable[[FloatArray, Patients, FloatArray], FloatArray]
"""Scores of normal errors (n_cases,), of the patients and of uniform numbers both models share."""


def _skewed(errors: FloatArray, patients: Patients, _: FloatArray) -> FloatArray:
    return np.exp(0.8 * errors) * (1 + 1.6 * patients.labels)


def _tied(errors: FloatArray, patients: Patients, _: FloatArray) -> FloatArray:
    return np.round(errors + 1.6 * patients.labels)


def _heaps(errors: FloatArray, patients: Patients, shared: FloatArray) -> FloatArray:
    """Let a quarter of the positive images show nothing, and the others stand out."""
    return errors + 3.0 * (patients.labels * (shared > 0.25))


def _telling(errors: FloatArray, patients: Patients, _: FloatArray) -> FloatArray:
    """Make the positive images of patients with many images harder."""
    return errors + patients.labels * (2.2 - 0.25 * patients.size) + 0.1 * patients.size


@dataclass(frozen=True)
class Shape:
    """A shape of scores."""

    name: str
    score: Score
    cut: float
    telling: bool = False

    def draw(
        self, generator: np.random.Generator, n: int, prevalence: float
    ) -> tuple[BinaryCases, BinaryCases]:
        """Draw a cohort of `n` images and two equally good models' scores of it."""
        patients = Patients.draw(generator, n, prevalence, telling=self.telling)

        def alike() -> FloatArray:
            own, of_patient = generator.normal(size=n), generator.normal(size=n)
            return math.sqrt(WITHIN) * of_patient[patients.of_image] + math.sqrt(1 - WITHIN) * own

        common, shared = alike(), generator.random(n)
        first, second = (
            BinaryCases.of(
                patients.labels,
                probability(
                    self.score(
                        math.sqrt(COMMON) * common + math.sqrt(1 - COMMON) * alike(),
                        patients,
                        shared,
                    )
                ),
                patients.of_image,
            )
            for _ in range(2)
        )
        return first, second

    def known(self, prevalence: float) -> Known:
        """Return what either model would reach on endless cases."""
        return _known(self, prevalence)


SHAPES = (
    Shape("skewed", _skewed, 1.8),
    Shape("tied", _tied, 1.0),
    Shape("two heaps", _heaps, 1.5),
    Shape("cluster size", _telling, 1.2, telling=True),
)


def probability(scores: FloatArray) -> FloatArray:
    """Squeeze scores between 0 and 1; their order stays."""
    squeezed: FloatArray = 0.5 + np.arctan(scores) / math.pi
    return squeezed


@cache
def _known(shape: Shape, prevalence: float) -> Known:
    cases, _ = shape.draw(np.random.default_rng(12345), ENDLESS, prevalence)
    threshold = float(probability(np.array([shape.cut]))[0])
    positive = cases.labels == 1
    right = (cases.probabilities >= threshold) == positive
    return Known(
        auc=influences(cases)[0],
        threshold=threshold,
        sensitivity=float(right[positive].mean()),
        specificity=float(right[~positive].mean()),
        accuracy=float(right.mean()),
    )


@cache
def _cut(prevalence: float, telling: bool) -> float:
    """Return where illness is cut so that a share of the images is positive in the long run."""
    _, illness, _ = _ill(np.random.default_rng(54321), ENDLESS, telling=telling)
    return float(np.quantile(illness, 1 - prevalence))


def _ill(
    generator: np.random.Generator, n_patients: int, *, telling: bool
) -> tuple[IntArray, FloatArray, IntArray]:
    """Draw patients; return of each image the patient, how ill it is, and their images."""
    of_patient = generator.normal(size=n_patients)
    rate = 0.5 + 3.0 * expit(2 * of_patient) if telling else np.full(n_patients, IMAGES - 1)
    sizes = 1 + generator.poisson(rate)
    of_image = np.repeat(np.arange(n_patients), sizes)
    own = generator.normal(size=of_image.size)
    return of_image, math.sqrt(0.8) * of_patient[of_image] + math.sqrt(0.2) * own, sizes[of_image]
