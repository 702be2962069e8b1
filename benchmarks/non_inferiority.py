"""How often a model that is worse by the margin is called 'not worse' by it.

Cohorts are drawn of two models of which the first is worse by exactly the margin, so every claim is
false: 2.5 % are meant. For each AUC and number of patients the share of false claims is printed,
of one pair that was fixed beforehand, and the share of cohorts without a test.

Example: python -m benchmarks.non_inferiority --cohorts 2000
"""

import argparse
import math
import time
from collections.abc import Sequence

import numpy as np
from scipy.stats import norm

from pipeline.evaluation.claims import not_worse
from pipeline.statistics.auc import auc_difference
from pipeline.statistics.scored_cases import BinaryCases, FloatArray

CONFIDENCE = 0.95
MARGIN = 0.02
AUCS = (0.75, 0.85, 0.95)
PATIENTS = (30, 60, 120, 300)
PREVALENCE = 0.3
COMMON = 0.5  # correlation of the two models' errors
WITHIN = 0.5  # correlation of the scores of a patient's images of one class


def draw(
    generator: np.random.Generator, n_patients: int, aucs: Sequence[float]
) -> list[BinaryCases]:
    """Draw a cohort and the scores of one model for each AUC."""
    patients = np.repeat(np.arange(n_patients), 1 + generator.poisson(1.0, n_patients))
    n = patients.size

    def alike(correlation: float) -> FloatArray:
        shared, own = generator.normal(size=n_patients)[patients], generator.normal(size=n)
        return math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * own

    labels = (alike(0.8) < norm.ppf(PREVALENCE)).astype(int)
    common = alike(WITHIN)
    models = []
    for auc in aucs:
        errors = math.sqrt(COMMON) * common + math.sqrt(1 - COMMON) * alike(WITHIN)
        scores = norm.cdf(math.sqrt(2) * norm.ppf(auc) * labels + errors)
        models.append(BinaryCases.of(labels, scores, patients))
    return models


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line an AUC and number of patients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=2000, help="of each AUC and size")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    generator = np.random.default_rng(asked.seed)
    started = time.perf_counter()
    print(f"{asked.cohorts} cohorts a line; per cent of them")
    print(f"{'AUC':>6}{'patients':>10}{'false claims':>14}{'no test':>10}")
    for auc in AUCS:
        for n_patients in PATIENTS:
            found = []
            for _ in range(asked.cohorts):
                worse, better = draw(generator, n_patients, (auc - MARGIN, auc))
                tested = auc_difference([worse], [better], CONFIDENCE, margin=MARGIN)
                claimed = not_worse(tested.p_first_worse, CONFIDENCE)
                found.append((claimed, tested.p_first_worse is None))
            claims, none = 100 * np.mean(found, axis=0)
            print(f"{auc:>6}{n_patients:>10}{claims:>14.1f}{none:>10.1f}", flush=True)
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
