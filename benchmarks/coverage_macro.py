"""How often the macro AUC's interval and paired test hold in cohorts of other make-up.

Cohorts are those of :mod:`benchmarks.coverage_classes` with other numbers and shares of classes,
images a patient and skill. Without the bootstrap they take seconds.

Example: python -m benchmarks.coverage_macro --cohorts 1000
"""

import argparse
import math
import time
from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from benchmarks.coverage import errs
from benchmarks.coverage_classes import INTERVALS, LARGE, draw
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.statistics.auc import (
    auc_difference,
    auc_influences,
    auc_interval,
)


class Cohort(TypedDict, total=False):
    """What is other than in `coverage_classes`: shares of classes, skill, images a patient."""

    shares: tuple[float, ...]
    skill: float
    images: float


SIZES = (60, 120, 240, 600)
COHORTS: dict[str, Cohort] = {
    "50, 30, 20 %": {},
    "80, 10, 10 %": {"shares": (0.8, 0.1, 0.1)},
    "4 of 25 %": {"shares": (0.25,) * 4},
    "40, 25, 15, 10, 10 %": {"shares": (0.4, 0.25, 0.15, 0.1, 0.1)},
    "70, 30 %": {"shares": (0.7, 0.3)},
    "1 image a patient": {"images": 1.0},
    "5 images a patient": {"images": 5.0},
    "skill 0.4": {"skill": 0.4},
    "skill 2.6": {"skill": 2.6},
}
COLUMNS = ("interval", "too low", "too high", "test")


def examine(first: ClassifiedCases, second: ClassifiedCases, truth: float) -> list[float]:
    """Say for each of COLUMNS whether it is so; NaN where there is no interval."""
    confidence = INTERVALS["confidence"]
    one, other = first.one_vs_rest, second.one_vs_rest
    low, high = auc_interval(one, confidence)
    if low is None or high is None:
        return [math.nan] * len(COLUMNS)
    wrong = errs(auc_difference(one, other, confidence), 1 - confidence)
    return [low <= truth <= high, high < truth, low > truth, wrong]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line a kind of cohort and size, and one of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=1000, help="of each kind and size")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    generator = np.random.default_rng(asked.seed)
    started = time.perf_counter()
    print(
        f"{asked.cohorts} cohorts a line; per cent of them whose interval holds the truth, or lies"
    )
    print("below or above it, and whose test errs; 'few': no interval, too few patients")
    print(f"{'':<20} {'images':>6} {'truth':>7}" + "".join(f"{c:>10}" for c in COLUMNS) + "    few")
    rows = []
    for name, cohort in COHORTS.items():
        large = draw(generator, LARGE, **cohort)
        truth = float(np.mean([auc_influences(cases.one_vs_rest)[0] for cases in large]))
        for n in SIZES:
            found = np.array(
                [examine(*draw(generator, n, **cohort), truth) for _ in range(asked.cohorts)],
                dtype=float,
            )
            rows.append(found)
            print_line(f"{name:<20} {n:>6} {truth:>7.3f}", found)
    print_line(f"{'all':<35}", np.concatenate(rows))
    print(f"{time.perf_counter() - started:.0f} s")


def print_line(head: str, found: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    """Print the mean of each column in per cent, and how often there was no interval."""
    cells = "".join(f"{share:10.1f}" for share in 100 * np.nanmean(found, axis=0))
    print(f"{head}{cells}{100 * np.isnan(found[:, 0]).mean():7.1f}", flush=True)


if __name__ == "__main__":
    main()
