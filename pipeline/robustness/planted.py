"""Whether suspects mean anything: planted errors are named more often than untouched labels.

Where embeddings say little about the labels, confident learning names a large part of them all
the same: of shuffled labels about half. Errors are therefore planted first. Suspects are listed
only if these are named clearly more often than untouched labels of the class that they were given.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heads.examples import Examples
from pipeline.robustness.bench import Bench
from pipeline.robustness.labels import flip
from pipeline.robustness.suspects import out_of_fold, suspects

SHARE = 0.1  # of the labels
DRAWS = 5
LEAST_Z = 3.0
LEAST_RATIO = 2.0  # of planted ones named over untouched ones named
COLUMNS = ["share", "found", "by_chance", "z", "clear"]


@dataclass(frozen=True)
class Planted:
    """How well planted errors are found, over several draws of them.

    Attributes
    ----------
    found
        Share of the planted errors that are named.
    by_chance
        Share of the untouched labels that are named, of the classes that planted errors have.
    z
        Of the test that naming has nothing to do with planting, given the class and the draw
        (Mantel and Haenszel, JNCI 22:719-748, 1959).
    """

    found: float
    by_chance: float
    z: float

    @property
    def clear(self) -> bool:
        """Whether planted errors are found clearly more often than by chance."""
        return self.z >= LEAST_Z and self.found >= LEAST_RATIO * self.by_chance

    @property
    def table(self) -> pd.DataFrame:
        """As curves/limits/planted.csv: one row of :data:`COLUMNS`; `clear` is 0 or 1."""
        row = (SHARE, self.found, self.by_chance, self.z, int(self.clear))
        return pd.DataFrame([row], columns=COLUMNS)


def plant_errors(bench: Bench, examples: Examples) -> Planted:
    """Turn a tenth of the labels into another class, several times, and look for them.

    Parameters
    ----------
    bench
        The head.
    examples
        All images.
    """
    rng, n = np.random.default_rng(bench.seed), len(examples)
    strata = []
    for _ in range(DRAWS):
        planted = np.isin(np.arange(n), rng.permutation(n)[: max(round(SHARE * n), 1)])
        wrong = flip(examples, planted, bench.n_classes, rng)
        named = np.isin(np.arange(n), suspects(out_of_fold(bench, wrong), wrong.labels))
        strata += [
            _counts(planted[own], named[own])
            for own in (wrong.labels == label for label in range(bench.n_classes))
        ]
    return _judge(np.array(strata, dtype=np.float64))


def _counts(planted: NDArray[np.bool_], named: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Return how many are there, planted, named, and both."""
    return planted.size, int(planted.sum()), int(named.sum()), int((planted & named).sum())


def _judge(strata: NDArray[np.float64]) -> Planted:
    """Sum over strata of a draw and a class; those without planted or untouched labels are out."""
    n, planted, named, both = strata[(strata[:, 1] > 0) & (strata[:, 1] < strata[:, 0])].T
    expected = planted * named / n
    variance = planted * (n - planted) * named * (n - named) / (n**2 * (n - 1))
    by_chance = planted * (named - both) / (n - planted)  # as many of each class as planted
    total, excess = planted.sum(), (both - expected).sum()
    z = float(excess) / math.sqrt(variance.sum()) if variance.sum() > 0 else 0.0
    return Planted(float(both.sum() / total), float(by_chance.sum() / total), z)
