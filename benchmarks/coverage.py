"""How often intervals hold the truth and paired tests err, in cohorts whose truth is known.

Cohorts are drawn whose truth is known: scores only, several images a patient, images of a patient
alike. For each size and share of positives, the share of cohorts is printed whose 95 % interval
holds the truth, and the share in which the paired tests call two equally good models different.

Example: python -m benchmarks.coverage --cohorts 1000 --family shapes
"""

import argparse
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from benchmarks.shapes import SHAPES, Known
from pipeline.artifacts.results import Difference
from pipeline.statistics.auc import auc_difference, auc_interval
from pipeline.statistics.crossed import TOO_FEW
from pipeline.statistics.proportion import share_difference, share_interval
from pipeline.statistics.scored_cases import BinaryCases

CONFIDENCE = 0.95
SIZES = (60, 120, 240, 600)
PREVALENCES = (0.1, 0.2, 0.3, 0.4)
AUC = 0.85
WITHIN = 0.5  # correlation of the scores of a patient's images of one class
LABELS_WITHIN = 0.8  # correlation, before they are cut, of what decides a patient's labels
COMMON = 0.5  # correlation of the two models' errors
IMAGES = 2.5  # mean images of a patient; one and a Poisson number more
PHI = NormalDist().cdf
COLUMNS = ("AUC", "sensitivity", "specificity", "accuracy", "DeLong", "McNemar")


@dataclass(frozen=True)
class Truth:
    """What a model would reach on endless cases.

    Scores are normal with variance 1, at 0 for negative and at `shift` for positive images.
    """

    prevalence: float
    shift: float = math.sqrt(2) * NormalDist().inv_cdf(AUC)

    @property
    def threshold(self) -> float:
        """Where scores are cut."""
        return 0.6 * self.shift

    @property
    def sensitivity(self) -> float:
        """Share of positive images above the threshold."""
        return PHI(self.shift - self.threshold)

    @property
    def specificity(self) -> float:
        """Share of negative images below it."""
        return PHI(self.threshold)

    @property
    def accuracy(self) -> float:
        """Share of images on their side of it."""
        return self.prevalence * self.sensitivity + (1 - self.prevalence) * self.specificity

    @property
    def known(self) -> Known:
        """All of it, with the threshold as a probability."""
        cut = float(probability(self.threshold))
        return Known(AUC, cut, self.sensitivity, self.specificity, self.accuracy)


def draw(generator: np.random.Generator, n: int, truth: Truth) -> tuple[BinaryCases, BinaryCases]:
    """Draw a cohort of `n` images and two equally good models' scores of it."""
    sizes = 1 + generator.poisson(IMAGES - 1, n)
    patients = np.repeat(np.arange(n), sizes)[:n]

    def alike(correlation: float) -> NDArray[np.float64]:
        shared = generator.normal(size=n)[patients]
        own = generator.normal(size=n)
        return math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * own

    cut = NormalDist().inv_cdf(1 - truth.prevalence)
    labels = (alike(LABELS_WITHIN) > cut).astype(int)
    common = alike(WITHIN)
    first, second = (
        BinaryCases.of(
            labels,
            probability(
                truth.shift * labels
                + math.sqrt(COMMON) * common
                + math.sqrt(1 - COMMON) * alike(WITHIN)
            ),
            patients,
        )
        for _ in range(2)
    )
    return first, second


def probability(scores: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Squeeze scores between 0 and 1; their order stays."""
    return 1 / (1 + np.exp(-np.asarray(scores)))


def examine(first: BinaryCases, second: BinaryCases, known: Known) -> list[float]:
    """Say for each of COLUMNS whether the interval holds the truth, or the test errs; else NaN."""
    positive = first.labels == 1
    right, other = ((each.probabilities >= known.threshold) == positive for each in (first, second))
    everyone = np.ones(first.n, dtype=bool)
    intervals = (
        (auc_interval([first], CONFIDENCE), known.auc),
        (share_interval(right, positive, first, CONFIDENCE), known.sensitivity),
        (share_interval(right, ~positive, first, CONFIDENCE), known.specificity),
        (share_interval(right, everyone, first, CONFIDENCE), known.accuracy),
    )
    tests = (
        auc_difference([first], [second], CONFIDENCE),
        share_difference(right, other, first, CONFIDENCE),
    )
    held = [math.nan if low is None else low <= value <= high for (low, high), value in intervals]
    return [*held, *(errs(each, 1 - CONFIDENCE) for each in tests)]


def errs(tested: Difference, level: float) -> float:
    """Say whether a test calls two equal models different; NaN where there are too few patients."""
    if tested.because == TOO_FEW or tested.value is None:
        return math.nan
    return tested.p is not None and tested.p < level


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line a size and share of positives, and one of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=1000, help="of each size and share")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--family", choices=("normal", "shapes"), default="normal", help="see benchmarks/shapes.py"
    )
    asked = parser.parse_args(arguments)
    generator = np.random.default_rng(asked.seed)
    started = time.perf_counter()
    print(f"{asked.cohorts} cohorts a line; per cent of them; 'few': no interval, too few patients")
    if asked.family == "normal":
        cells = [
            (f"{n:>6} {truth.prevalence:>8.0%}", partial(draw, generator, n, truth), truth.known)
            for n in SIZES
            for truth in map(Truth, PREVALENCES)
        ]
    else:
        cells = other_shapes(generator)
    print_cells(cells, asked.cohorts)
    print(f"{time.perf_counter() - started:.0f} s")


Cell = tuple[str, Callable[[], tuple[BinaryCases, BinaryCases]], Known]
"""The words of a line, how its cohorts are drawn, and their truth."""


def other_shapes(generator: np.random.Generator) -> list[Cell]:
    """Return the lines of the second family."""
    return [
        (
            f"{n:>6} {prevalence:>8.0%} {shape.name:<12}",
            partial(shape.draw, generator, n, prevalence),
            shape.known(prevalence),
        )
        for shape in SHAPES
        for n in SIZES
        for prevalence in PREVALENCES[::2]
    ]


def print_cells(cells: Sequence[Cell], cohorts: int) -> None:
    """Draw and examine cohorts; print a line each, and one of all."""
    width = len(cells[0][0])
    print(f"{'images positive':<{width}}" + "".join(f"{c:>13}" for c in COLUMNS) + f"{'few':>7}")
    rows = []
    for head, drawn, known in cells:
        found = np.array([examine(*drawn(), known) for _ in range(cohorts)], dtype=float)
        rows.append(found)
        print_line(head, found)
    print_line(f"{'   all':<{width}}", np.concatenate(rows))


def print_line(head: str, found: NDArray[np.float64]) -> None:
    """Print the mean of each column in per cent, and how often there was no AUC interval."""
    cells = "".join(f"{share:13.1f}" for share in 100 * np.nanmean(found, axis=0))
    print(f"{head}{cells}{100 * np.isnan(found[:, 0]).mean():7.1f}", flush=True)


if __name__ == "__main__":
    main()
