"""Repeated grouped cross-validation: every image is held out once in each repeat."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from heads.examples import Examples
from pipeline.splitting.partition import Plan, partition


@dataclass(frozen=True, eq=False)
class Fold:
    """One fold of a cross-validation: training, validation and held-out images.

    Attributes
    ----------
    repeat, number
        Which it is, from 0.
    train, validation
        What a head learns from and what may stop it and choose its threshold; `train` has
        patient-grouped folds of its own for what is tuned.
    held_out
        Which images are neither, as an index array.
    """

    repeat: int
    number: int
    train: Examples
    validation: Examples
    held_out: NDArray[np.int64]


def cross_validate(
    examples: Examples, plan: Plan, repeats: int, *, classes: Sequence[str]
) -> Iterator[Fold]:
    """Divide images into folds by patient, several times.

    Parameters
    ----------
    examples
        Images; their own folds play no part.
    plan
        `folds` outer folds; from what is outside one, `validation` is set aside and the rest is
        given `folds` inner folds. `test` has no effect.
    repeats
        How many times everything is divided anew, each time from another seed.
    classes
        Names by label.

    Yields
    ------
    Fold
        `repeats` times `plan.folds` of them. In one repeat each image is held out exactly once,
        and no patient is on two sides of a fold.

    Raises
    ------
    RadbankError
        If there are too few patients of a class to divide so often.
    """
    names = pd.Index([f"{row:09d}" for row in range(len(examples))])
    for repeat in range(repeats):
        inner = replace(plan, test=0, seed=plan.seed + repeat)
        outer = StratifiedGroupKFold(plan.folds, shuffle=True, random_state=plan.seed + repeat)
        divided = outer.split(examples.labels, examples.labels, examples.groups)
        for number, (rest, held_out) in enumerate(divided):
            splits = partition(
                names[rest].tolist(),
                examples.groups[rest].tolist(),
                examples.labels[rest].tolist(),
                [None] * len(rest),
                inner,
                classes=classes,
            )
            inside = replace(examples.take(rest), folds=splits["fold"].to_numpy())
            train, validation = (
                inside.take((splits["split"] == name).to_numpy())
                for name in ("train", "validation")
            )
            yield Fold(repeat, number, train, validation, held_out)
