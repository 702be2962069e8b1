"""Whether the paired test finds differences as often as predicted, and how often claims are false.

First table: cohorts of two models whose AUCs, correlation and images a patient are known, with the
difference that is to be found with 50 or 80 % power. Printed are the power predicted beforehand
(`radbank plan`), that predicted from the measured variance of each cohort, on average, and the
share of cohorts in which the paired test calls the models different. Second table: the probability
that the order of two models is false, as stated and as it is, where true differences of all sizes
are equally likely (as the method assumes), and where nearly all are small.

Example: python -m benchmarks.power --cohorts 1000
"""

import argparse
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
from scipy.stats import norm

from pipeline.statistics.auc import auc_difference
from pipeline.statistics.delong import influences, spread
from pipeline.statistics.planning import Assumed, detectable_by
from pipeline.statistics.power import power_of
from pipeline.statistics.scored_cases import BinaryCases, FloatArray

CONFIDENCE = 0.95
PATIENTS = (60, 150, 400)
AUCS = (0.7, 0.85)
CORRELATIONS = (0.3, 0.8)
IMAGES = (1, 4)
POWERS = (0.5, 0.8)
PREVALENCE = 0.3
WITHIN = 0.5
WITHIN_POINTS = 5
BANDS = (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
PRIORS: dict[str, Callable[[np.random.Generator], float]] = {
    "all sizes": lambda generator: float(generator.uniform(-0.19, 0.19)),
    "small": lambda generator: float(generator.normal(scale=0.02)),
}


def draw(
    generator: np.random.Generator, n_patients: int, assumed: Assumed
) -> tuple[BinaryCases, BinaryCases]:
    """Draw a cohort and two models' scores of it, the better model's first."""
    positive, _ = assumed.counts(n_patients)
    patients = np.repeat(np.arange(n_patients), int(assumed.images))
    labels = (patients < positive).astype(np.int64)

    def alike() -> FloatArray:
        shared, own = (
            generator.normal(size=n_patients)[patients],
            generator.normal(size=labels.size),
        )
        return math.sqrt(assumed.within) * shared + math.sqrt(1 - assumed.within) * own

    common = alike()
    better, worse = (
        BinaryCases.of(
            labels,
            norm.cdf(
                math.sqrt(2) * norm.ppf(auc) * labels
                + math.sqrt(assumed.correlation) * common
                + math.sqrt(1 - assumed.correlation) * alike()
            ),
            patients,
        )
        for auc in (assumed.auc + assumed.difference, assumed.auc)
    )
    return better, worse


def examine(better: BinaryCases, worse: BinaryCases, difference: float) -> tuple[bool, float]:
    """Say whether the models are called different, and the power by the measured variance."""
    found = auc_difference([better], [worse], CONFIDENCE)
    scatter = spread(influences(better)[1] - influences(worse)[1], better)
    if found.p is None or scatter is None:
        return False, 0.0
    return found.p < 1 - CONFIDENCE, power_of(difference, scatter, CONFIDENCE)


def print_power(generator: np.random.Generator, cohorts: int) -> None:
    """Print one line a setting, and the largest distance of predicted from simulated power."""
    print("power in per cent; 'measured': predicted from each cohort's own variance, on average")
    columns = ("images", "AUC", "correlation", "difference", "planned", "measured", "simulated")
    print(f"{'patients':>8}" + "".join(f"{each:>12}" for each in columns))
    apart = []
    for n, auc, correlation, images, power in product(PATIENTS, AUCS, CORRELATIONS, IMAGES, POWERS):
        assumed = Assumed(auc, 0.0, correlation, PREVALENCE, images, WITHIN)
        difference = detectable_by(assumed, n, CONFIDENCE, power)
        if difference is None:
            continue
        assumed = replace(assumed, difference=difference)
        found = [examine(*draw(generator, n, assumed), difference) for _ in range(cohorts)]
        simulated, measured = 100 * np.mean(found, axis=0)
        planned = 100 * assumed.power(n, CONFIDENCE)
        apart.append((abs(planned - simulated), abs(measured - simulated)))
        cells = f"{images:12}{auc:12}{correlation:12}{difference:12.3f}"
        print(f"{n:8}{cells}{planned:12.1f}{measured:12.1f}{simulated:12.1f}", flush=True)
    for name, each in zip(("planned", "measured"), np.transpose(apart), strict=True):
        near = f"{np.count_nonzero(each <= WITHIN_POINTS)} of {each.size}"
        print(
            f"{name}: {near} settings within {WITHIN_POINTS} points of simulated, "
            f"on average {each.mean():.1f} and at most {each.max():.1f} from it"
        )


def print_orders(generator: np.random.Generator, cohorts: int) -> None:
    """Print how often the measured order is false, by the stated probability of that."""
    print("\nper cent of orders that are false, by the stated probability")
    for name, prior in PRIORS.items():
        stated, false = [], []
        for _ in range(cohorts):
            difference, n = prior(generator), int(generator.choice((40, 80, 160)))
            assumed = Assumed(
                0.8 - abs(difference) / 2, abs(difference), 0.6, PREVALENCE, 2, WITHIN
            )
            found = auc_difference(*([each] for each in draw(generator, n, assumed)), CONFIDENCE)
            if found.order_false is not None and found.value:
                stated.append(found.order_false)
                false.append(found.value < 0)
        print(f"true differences: {name}\n{'stated':>12}{'pairs':>10}{'mean':>10}{'false':>10}")
        for low, high in pairwise(BANDS):
            inside = (low <= np.array(stated)) & (np.array(stated) < high)
            if inside.any():
                mean, wrong = (100 * np.array(each)[inside].mean() for each in (stated, false))
                band = f"{100 * low:g} to {100 * high:g}"
                print(f"{band:>12}{inside.sum():>10}{mean:>10.1f}{wrong:>10.1f}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=1000, help="of each setting")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    generator, started = np.random.default_rng(asked.seed), time.perf_counter()
    print_power(generator, asked.cohorts)
    print_orders(generator, 10 * asked.cohorts)
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
