"""How often intervals of several classes hold the truth, in cohorts whose truth is known.

As :mod:`benchmarks.coverage`, of three classes of unequal size: several images a patient, images
of a patient alike, two equally good models. Truths are the figures of one very large cohort.

Example: python -m benchmarks.coverage_classes --cohorts 300
"""

import argparse
import math
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from benchmarks.coverage import errs
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases, Weighted
from pipeline.evaluation.comparison import compare
from pipeline.evaluation.metrics import main_metrics
from pipeline.evaluation.rule import DecisionRule
from pipeline.evaluation.score import model_metrics
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.scored_cases import ScoredCases

INTERVALS = Intervals(n_bootstrap=500, confidence=0.95, seed=0)
SIZES = (60, 120, 240, 600)
SHARES = (0.5, 0.3, 0.2)
SKILL = 1.4  # by which the score of an image's own class is higher; macro AUC about 0.8
WITHIN = 0.5  # correlation of the scores of a patient's images
SAME = 0.8  # probability that an image is of its patient's class, and not of any
COMMON = 0.5  # correlation of the two models' errors
IMAGES = 2.5  # mean images of a patient; one and a Poisson number more
LARGE = 200_000  # images of the cohort that truths are taken from
METRICS = main_metrics(Task.of("abc"))
COLUMNS = (*(metric.name for metric in METRICS), "AUC test", "McNemar")


def draw(
    generator: np.random.Generator,
    n: int,
    *,
    shares: tuple[float, ...] = SHARES,
    skill: float = SKILL,
    images: float = IMAGES,
) -> tuple[ClassifiedCases, ClassifiedCases]:
    """Draw a cohort of `n` images and two equally good models' probabilities of it."""
    sizes = 1 + generator.poisson(images - 1, n)
    patients = np.repeat(np.arange(n), sizes)[:n]
    k = len(shares)

    def alike() -> NDArray[np.float64]:
        shared, own = generator.normal(size=(2, n, k))
        return math.sqrt(WITHIN) * shared[patients] + math.sqrt(1 - WITHIN) * own

    of_patient = generator.choice(k, n, p=shares)[patients]
    of_image = generator.choice(k, n, p=shares)
    labels = np.where(generator.random(n) < SAME, of_patient, of_image)
    names = np.char.mod("%06d", patients)
    common = alike()
    first, second = (
        ScoredCases.of(
            labels,
            softmax(
                skill * np.eye(k)[labels]
                + math.sqrt(COMMON) * common
                + math.sqrt(1 - COMMON) * alike(),
                axis=1,
            ),
            names,
        )
        for _ in range(2)
    )
    task, highest = Task("label", tuple("abcdefgh"[:k]), None), DecisionRule(None)
    return ClassifiedCases.of(task, first, highest), ClassifiedCases.of(task, second, highest)


def examine(
    first: ClassifiedCases, second: ClassifiedCases, truth: dict[str, float]
) -> list[float]:
    """Say for each of COLUMNS whether the interval holds the truth, or the test errs; else NaN."""
    found = model_metrics([first], None, INTERVALS).estimates
    (pair,) = compare({"first": [first], "second": [second]}, INTERVALS, margin=0.02)
    held = [
        math.nan if each.low is None or each.high is None else each.low <= truth[name] <= each.high
        for name, each in found.items()
    ]
    level = 1 - INTERVALS["confidence"]
    wrong = [errs(each, level) for each in (pair.auc, pair.accuracy)]
    return [*held, *wrong]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line a size, and one of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=300, help="of each size")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    generator = np.random.default_rng(asked.seed)
    started = time.perf_counter()
    large, _ = draw(generator, LARGE)
    whole = Weighted(large, np.ones((1, large.cases.n)))
    truth = {metric.name: float(metric.values(whole)[0]) for metric in METRICS}
    print("truths: " + ", ".join(f"{name} {value:.3f}" for name, value in truth.items()))
    print(f"{asked.cohorts} cohorts a line; per cent of them; 'few': no interval of the macro AUC")
    print(f"{'images':>6}" + "".join(f"{name[:9]:>10}" for name in COLUMNS) + f"{'few':>7}")
    rows = []
    for n in SIZES:
        found = np.array(
            [examine(*draw(generator, n), truth) for _ in range(asked.cohorts)], dtype=float
        )
        rows.append(found)
        print_line(f"{n:>6}", found)
    print_line(f"{'all':>6}", np.concatenate(rows))
    print(f"{time.perf_counter() - started:.0f} s")


def print_line(head: str, found: NDArray[np.float64]) -> None:
    """Print the mean of each column in per cent, and how often the macro AUC had no interval."""
    cells = "".join(f"{share:10.1f}" for share in 100 * np.nanmean(found, axis=0))
    few = 100 * np.isnan(found[:, COLUMNS.index("auc")]).mean()
    print(f"{head}{cells}{few:7.1f}", flush=True)


if __name__ == "__main__":
    main()
