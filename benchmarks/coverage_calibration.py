"""How often the range of calibration errors of a calibrated model holds that of one.

Cohorts are drawn of images whose probabilities are right, and of images whose logits are twice
those that would be (too extreme). For each size, the share of cohorts is printed in which the
expected calibration error lies inside the range that radbank simulates, and above it; and, of the
calibrated ones, the share whose percentile bootstrap over patients holds the true error, 0.

Example: python -m benchmarks.coverage_calibration --cohorts 300
"""

import argparse
import math
import time
from collections.abc import Sequence

import numpy as np
from scipy.special import expit, logit, ndtr

from pipeline.statistics.bootstrap import resample
from pipeline.statistics.calibration_error import binned, error_if_calibrated
from pipeline.statistics.scored_cases import BinaryCases, FloatArray

CONFIDENCE = 0.95
SIZES = (60, 120, 240, 600)
IMAGES = 2.5  # mean images of a patient; one and a Poisson number more
WITHIN = (0.0, 0.5, 0.9)  # correlation of what decides a patient's labels beside the probability
BOOTSTRAP = 200


def draw(generator: np.random.Generator, n: int, within: float, extreme: float) -> BinaryCases:
    """Draw a cohort whose logits are `extreme` times those of a calibrated model."""
    sizes = 1 + generator.poisson(IMAGES - 1, n)
    patients = np.repeat(np.arange(n), sizes)[:n]

    def alike(correlation: float) -> FloatArray:
        shared, own = generator.normal(size=n)[patients], generator.normal(size=n)
        return math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * own

    known = 1.2 * alike(0.5) - 0.8
    labels = (known + alike(within) > 0).astype(int)
    return BinaryCases.of(labels, expit(extreme * logit(ndtr(known))), patients)


def error(cases: BinaryCases, weights: FloatArray) -> FloatArray:
    """Return the expected calibration error under sets of weights, shape (n_sets,)."""
    residuals = weights * (cases.labels - cases.probabilities)
    distances: FloatArray = np.abs(residuals @ binned(cases.probabilities)).sum(axis=1)
    return distances / weights.sum(axis=1)


def lowest_bootstrapped(cases: BinaryCases) -> float:
    """Return the low end of the percentile bootstrap's interval."""
    found = resample(
        lambda weights: {"ece": error(cases, weights)},
        cases.patients,
        cases.n_patients,
        n_bootstrap=BOOTSTRAP,
        seed=0,
    )
    return float(np.quantile(found.draws["ece"], (1 - CONFIDENCE) / 2))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line a size and correlation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=300, help="of each size and correlation")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    generator = np.random.default_rng(asked.seed)
    started = time.perf_counter()
    print(f"{asked.cohorts} cohorts a line; per cent of them")
    columns = ("calibrated: inside", "above", "bootstrap holds 0", "too extreme: above")
    print(f"{'images':>6} {'alike':>6}" + "".join(f"{each:>20}" for each in columns))
    for within in WITHIN:
        for n in SIZES:
            rows = []
            for _ in range(asked.cohorts):
                row = []
                for extreme in (1.0, 2.0):
                    cases = draw(generator, n, within, extreme)
                    found = error(cases, np.ones((1, n)))[0]
                    chance = error_if_calibrated(cases, CONFIDENCE, seed=0)
                    if chance.low is None or chance.high is None:
                        raise AssertionError("a cohort has cases")
                    row += [chance.low <= found <= chance.high, found > chance.high]
                    if extreme == 1:
                        row.append(lowest_bootstrapped(cases) <= 0)
                rows.append(row)
            inside, above, held, _, power = 100 * np.mean(rows, axis=0)
            cells = "".join(f"{each:20.1f}" for each in (inside, above, held, power))
            print(f"{n:>6} {within:>6.1f}{cells}", flush=True)
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
