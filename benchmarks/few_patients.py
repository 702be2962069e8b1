"""How often the paired DeLong test errs by the number of patients of the rarer class.

Cohorts of both families of :mod:`benchmarks.coverage` are drawn, and cohorts of one image a
patient, all with two equally good models. They are sorted by the patients of the rarer class. The
share is printed in which the test calls the models different, with a quantile of Student's t that
has Satterthwaite's degrees of freedom, with twice as many, and as radbank does.

Example: python -m benchmarks.few_patients --cohorts 800
"""

import argparse
import math
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from benchmarks.coverage import CONFIDENCE, Truth, draw
from benchmarks.shapes import SHAPES
from pipeline.statistics.auc import auc_difference
from pipeline.statistics.delong import influences, spread
from pipeline.statistics.scored_cases import BinaryCases

PREVALENCES = (0.1, 0.35)
SIZES = (40, 60, 90, 130, 180, 240)
BANDS = ((2, 3), (4, 5), (6, 9), (10, 14), (15, 20), (21, 30), (31, 60))
COLUMNS = ("cohorts", "Satterthwaite", "twice", "radbank")
Pair = tuple[BinaryCases, BinaryCases]
Tested = tuple[int, bool, bool, bool]


def single(generator: np.random.Generator, n: int, prevalence: float, auc: float) -> Pair:
    """Draw a cohort of one image a patient, with normal scores."""
    labels = (generator.random(n) < prevalence).astype(int)
    common, shift = generator.normal(size=n), math.sqrt(2) * float(norm.ppf(auc))
    first, second = (
        BinaryCases.of(
            labels,
            norm.cdf(shift * labels + math.sqrt(0.5) * (common + generator.normal(size=n))),
            np.arange(n),
        )
        for _ in range(2)
    )
    return first, second


def makers(generator: np.random.Generator) -> Iterator[tuple[str, Callable[[], Pair]]]:
    """Yield images a patient and share of positives in words, and how cohorts are drawn."""
    for prevalence in PREVALENCES:
        for n in SIZES:
            words = f"{prevalence:.0%}"
            for auc in (0.75, 0.95):
                yield f"one, {words}", partial(single, generator, n, prevalence, auc)
            yield f"several, {words}", partial(draw, generator, n, Truth(prevalence))
            for shape in SHAPES:
                yield f"several, {words}", partial(shape.draw, generator, n, prevalence)


def examine(first: BinaryCases, second: BinaryCases) -> Tested | None:
    """Return the patients of the rarer class and which tests err; None where there is no test."""
    found = auc_difference([first], [second], CONFIDENCE)
    if found.value is None or found.p is None:
        return None
    scatter = spread(influences(first)[1] - influences(second)[1], first)
    if scatter is None:
        return None
    z = abs(found.value) / math.sqrt(scatter.variance)
    level = 1 - CONFIDENCE
    errs = (2 * t.sf(z, factor * scatter.satterthwaite) < level for factor in (1, 2))
    return scatter.fewest, *map(bool, errs), found.p < level


def print_bands(words: str, found: NDArray[np.float64]) -> None:
    """Print one line a number of patients."""
    for low, high in BANDS:
        rows = found[(low <= found[:, 0]) & (found[:, 0] <= high)]
        if len(rows):
            cells = "".join(f"{share:15.1f}" for share in 100 * rows[:, 1:].mean(axis=0))
            print(f"{words:>16}{f'{low} to {high}':>10}{len(rows):>15}{cells}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw cohorts, test them and print how often the tests err."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=800, help="of each kind and size")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    started = time.perf_counter()
    found: dict[str, list[Tested]] = {}
    for words, drawn in makers(np.random.default_rng(asked.seed)):
        tested = (examine(*drawn()) for _ in range(asked.cohorts))
        found.setdefault(words, []).extend(each for each in tested if each)
    print("per cent of cohorts of equal models that the test calls different")
    print(f"{'images, positive':>16}{'patients':>10}" + "".join(f"{each:>15}" for each in COLUMNS))
    for words, each in found.items():
        print_bands(words, np.array(each, dtype=float))
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
