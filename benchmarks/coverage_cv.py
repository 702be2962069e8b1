"""How often intervals of cross-validation hold the AUC that its heads have on endless patients.

Cohorts of 40, 100 and 200 patients, two images each, whose embeddings of ten features tell the
classes a little. The truth is the mean AUC of heads that are trained on four fifths of as many
patients. Printed are how far the AUC pooled over the folds of a repeat, and the mean over the
folds, lie from it, and how often the interval of the latter (corrected resampled variance) holds
it. A second head sees ten other features that tell as much; 'test errs' is how often the test over
the same folds calls the two different.

Example: python -m benchmarks.coverage_cv --cohorts 200
"""

import argparse
import time
from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from pipeline.artifacts.crossvalidation import CrossValidated
from pipeline.statistics.delong import influences
from pipeline.statistics.fold_differences import fold_differences
from pipeline.statistics.scored_cases import BinaryCases, FloatArray, IntArray
from pipeline.training.out_of_fold import OutOfFold

PATIENTS = (40, 100, 200)
FOLDS = 5
REPEATS = 5
FEATURES = 10  # that a head sees
EFFECT = 0.7  # distance of the classes in each of three of ten features
ENDLESS = 20_000  # patients
CONFIDENCE = 0.95
INTERVALS = {"n_bootstrap": 2, "confidence": CONFIDENCE, "seed": 0}
Cohort = tuple[FloatArray, IntArray]


def draw(generator: np.random.Generator, n_patients: int) -> Cohort:
    """Draw embeddings for two heads and labels of two images a patient, a third positive."""
    labels = np.repeat((generator.permutation(n_patients) % 3 == 0).astype(np.int64), 2)
    x = generator.normal(size=(labels.size, 2 * FEATURES))
    x += 0.7 * np.repeat(generator.normal(size=(n_patients, 2 * FEATURES)), 2, axis=0)
    for start in (0, FEATURES):
        x[:, start : start + 3] += EFFECT * labels[:, np.newaxis]
    return x, labels


def probabilities(train: Cohort, x: FloatArray) -> FloatArray:
    """Return the probabilities of a head that learned from some images."""
    head = LogisticRegression(C=0.1, class_weight="balanced").fit(*train)
    found: FloatArray = head.predict_proba(x)
    return found


def one_head(cohort: Cohort, number: int) -> Cohort:
    """Return what one of two heads sees."""
    x, labels = cohort
    return x[:, number * FEATURES : (number + 1) * FEATURES], labels


def true_auc(generator: np.random.Generator, n_patients: int, endless: Cohort) -> float:
    """Return the mean AUC on endless patients of heads trained on so many."""
    x, labels = one_head(endless, 0)
    patients = np.arange(labels.size) // 2
    told = (probabilities(one_head(draw(generator, n_patients), 0), x)[:, 1] for _ in range(60))
    return float(np.mean([influences(BinaryCases.of(labels, p, patients))[0] for p in told]))


def out_of_fold(cohort: Cohort, seed: int) -> OutOfFold:
    """Cross-validate a head, repeatedly."""
    x, labels = cohort
    patients = np.arange(labels.size) // 2
    cases = pd.DataFrame({"id": np.arange(labels.size), "group": patients, "label": labels})
    found = OutOfFold.empty(cases, ("negative", "positive"), REPEATS)
    found.threshold[:] = 0.5
    for repeat in range(REPEATS):
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed + repeat)
        for number, (train, held_out) in enumerate(folds.split(x, labels, patients)):
            told = probabilities((x[train], labels[train]), x[held_out])
            found.probability[repeat, held_out], found.fold[repeat, held_out] = told, number
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line a number of patients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=200, help="of each size")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    generator = np.random.default_rng(asked.seed)
    started, endless = time.perf_counter(), draw(generator, ENDLESS)
    print(
        f"{asked.cohorts} cohorts a line, {REPEATS} x {FOLDS} folds; per cent that hold the truth"
    )
    columns = ("true AUC", "pooled", "of folds", "interval holds", "test errs")
    print(f"{'patients':>8}" + "".join(f"{each:>16}" for each in columns))
    for n_patients in PATIENTS:
        truth = true_auc(generator, n_patients * (FOLDS - 1) // FOLDS, endless)
        values, held = [], []
        for number in range(asked.cohorts):
            drawn = draw(generator, n_patients)
            told = [out_of_fold(one_head(drawn, head), number) for head in range(2)]
            scored, other = (CrossValidated.model_validate(x.score(**INTERVALS)) for x in told)
            pooled, mean = scored.estimate("auc"), scored.estimate("auc_of_folds")
            values.append([pooled.value, mean.value])
            (pair,) = fold_differences(
                {"one": scored.auc_by_fold, "other": other.auc_by_fold}, CONFIDENCE
            )
            held.append([mean.low <= truth <= mean.high, pair.auc.p < 1 - CONFIDENCE])
        means = "".join(f"{each:16.3f}" for each in (truth, *np.mean(values, axis=0)))
        shares = "".join(f"{each:16.1f}" for each in 100 * np.mean(held, axis=0))
        print(f"{n_patients:>8}{means}{shares}", flush=True)
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
