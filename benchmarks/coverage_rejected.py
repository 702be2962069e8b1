"""How often the intervals that radbank does not use hold the truth, on the cohorts of `coverage`.

DeLong's interval on the logit scale with Satterthwaite's degrees of freedom, and the percentile
bootstrap over patients.

Example: python -m benchmarks.coverage_rejected --cohorts 400
"""

import argparse
import math
from dataclasses import replace

import numpy as np
from scipy.special import logit

from benchmarks.coverage import AUC, CONFIDENCE, PREVALENCES, Truth, draw, probability
from heads.base import by_class
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.rule import DecisionRule
from pipeline.evaluation.score import measure
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.delong import influences, quantile, spread
from pipeline.statistics.scored_cases import BinaryCases, ScoredCases

SIZES = (60, 120, 240)
DRAWS = 1000
COLUMNS = ("logit DeLong", "boot. AUC", "boot. sens.", "boot. acc.")


def logit_delong(cases: BinaryCases) -> float:
    """Say whether the interval on the logit scale holds the AUC; NaN where it has no width."""
    if not cases.has_both_classes:
        return math.nan
    auc, influence = influences(cases)
    scatter = spread(influence, cases)
    if scatter is None or not 0 < auc < 1:
        return math.nan
    error = math.sqrt(scatter.variance) / (auc * (1 - auc))
    half = quantile(CONFIDENCE, scatter.satterthwaite) * error
    return float(abs(logit(auc) - logit(AUC)) <= half)


def bootstrapped(cases: BinaryCases, truth: Truth) -> list[float]:
    """Say whether the bootstrap's intervals hold the AUC, sensitivity and accuracy."""
    both = ScoredCases.of(cases.labels, by_class(cases.probabilities), cases.patients)
    rule = DecisionRule(float(probability(truth.threshold)))
    classified = ClassifiedCases.of(Task.of(["negative", "positive"]), both, rule)
    wanted = {"auc": AUC, "sensitivity": truth.sensitivity, "accuracy": truth.accuracy}
    metrics = [replace(METRICS[name], interval=None) for name in wanted]
    intervals = Intervals(n_bootstrap=DRAWS, confidence=CONFIDENCE, seed=0)
    found = measure([classified], metrics, intervals).estimates
    return [
        math.nan
        if found[name].low is None or found[name].high is None
        else float(found[name].low <= value <= found[name].high)
        for name, value in wanted.items()
    ]


def main() -> None:
    """Print one line a size and share of positives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=400, help="of each size and share")
    asked = parser.parse_args()
    generator = np.random.default_rng(0)
    print(f"{'images':>6} {'positive':>8}" + "".join(f"{column:>14}" for column in COLUMNS))
    for n in SIZES:
        for prevalence in PREVALENCES:
            truth = Truth(prevalence)
            drawn = (draw(generator, n, truth)[0] for _ in range(asked.cohorts))
            held = [[logit_delong(cases), *bootstrapped(cases, truth)] for cases in drawn]
            shares = "".join(f"{share:14.1f}" for share in 100 * np.nanmean(held, axis=0))
            print(f"{n:>6} {prevalence:>8.0%}{shares}", flush=True)


if __name__ == "__main__":
    main()
