"""How often suspect labels are listed: of shuffled labels, and of labels that embeddings tell.

For each effect (distance of the classes in three of ten features, in standard deviations; none is
as with shuffled labels) the share of cohorts is printed in which planted errors are found clearly
above chance, so that suspects are listed, and the mean shares of planted errors and of untouched
labels that are named.

Example: python -m benchmarks.suspect_labels --cohorts 60
"""

import argparse
import time
from collections.abc import Sequence

import numpy as np

from heads.examples import Examples
from heads.logistic_regression import LogisticRegression
from pipeline.robustness.bench import Bench
from pipeline.robustness.planted import plant_errors

EFFECTS = (0.0, 0.5, 1.0, 1.5)
SIZES = (120, 300)


def draw(generator: np.random.Generator, n: int, effect: float) -> Examples:
    """Draw images of two a patient, a third of the patients positive."""
    patients = np.arange(n) // 2
    labels = (generator.permutation(n)[patients] % 3 == 0).astype(np.int64)
    embeddings = generator.normal(size=(n, 1, 10))
    embeddings[:, 0, :3] += effect * labels[:, np.newaxis]
    groups = np.array([f"p{patient:04d}" for patient in patients], dtype=object)
    return Examples(
        embeddings=embeddings.astype(np.float32), labels=labels, groups=groups, folds=patients % 5
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line a size and effect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=60, help="of each size and effect")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    generator = np.random.default_rng(asked.seed)
    started = time.perf_counter()
    print(f"{asked.cohorts} cohorts a line; per cent")
    print(f"{'images':>6}{'effect':>8}{'listed':>9}{'found':>9}{'by chance':>11}")
    for n in SIZES:
        for effect in EFFECTS:
            found = []
            for number in range(asked.cohorts):
                every = draw(generator, n, effect)
                head = LogisticRegression(C=[0.01], seed=0)
                bench = Bench(every, every, every, head, confidence=0.95, seed=number)
                planted = plant_errors(bench, every)
                found.append((planted.clear, planted.found, planted.by_chance))
            listed, right, chance = 100 * np.mean(found, axis=0)
            print(f"{n:>6}{effect:>8}{listed:>9.0f}{right:>9.0f}{chance:>11.0f}", flush=True)
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
