"""Repeated grouped cross-validation: every image is held out once in each repeat."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from heads.examples import Examples
from pipeline.splitting.partition import Plan, partition


@dataclass(frozen=True, eq=False)
class Division:
    """Where each image is in one fold of one repeat.

    Attributes
    ----------
    repeat, number
        Which fold it is, from 0.
    split : ndarray of shape (n_images,), str
        "train", "validation", or "test": held out.
    folds : ndarray of shape (n_images,), int64
        Patient-grouped folds inside training, -1 elsewhere.
    """

    repeat: int
    number: int
    split: NDArray[Any]
    folds: NDArray[np.int64]


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


def divide(
    labels: NDArray[np.int64],
    groups: NDArray[Any],
    plan: Plan,
    repeats: int,
    *,
    classes: Sequence[str],
) -> Iterator[Division]:
    """Divide images into folds by patient, several times.

    Parameters
    ----------
    labels, groups : ndarray of shape (n_images,)
        Class and patient of each image. Who goes where depends on the order of the images.
    plan
        `folds` outer folds; from what is outside one, `validation` is set aside and the rest is
        given `folds` inner folds. `test` has no effect.
    repeats
        How many times everything is divided anew, each time from another seed.
    classes
        Names by label.

    Yields
    ------
    Division
        `repeats` times `plan.folds` of them. In one repeat each image is held out exactly once,
        and no patient is on two sides of a fold.

    Raises
    ------
    RadbankError
        If there are too few patients of a class to divide so often.
    """
    names = pd.Index([f"{row:09d}" for row in range(len(labels))])
    patients = pd.factorize(groups)[0]  # in the order of their images: names decide nothing
    for repeat in range(repeats):
        inner = replace(plan, test=0, seed=plan.seed + repeat)
        outer = StratifiedGroupKFold(plan.folds, shuffle=True, random_state=plan.seed + repeat)
        for number, (rest, _) in enumerate(outer.split(labels, labels, patients)):
            splits = partition(
                names[rest].tolist(),
                groups[rest].tolist(),
                labels[rest].tolist(),
                [None] * len(rest),
                inner,
                classes=classes,
            )
            split = np.full(len(labels), "test", dtype=object)
            folds = np.full(len(labels), -1)
            split[rest], folds[rest] = splits["split"], splits["fold"]
            yield Division(repeat, number, split, folds)


def cross_validate(
    examples: Examples, plan: Plan, repeats: int, *, classes: Sequence[str]
) -> Iterator[Fold]:
    """Divide images as :func:`divide` does; their own folds play no part."""
    for each in divide(examples.labels, examples.groups, plan, repeats, classes=classes):
        divided = replace(examples, folds=each.folds)
        train, validation = (divided.take(each.split == name) for name in ("train", "validation"))
        held_out = np.flatnonzero(each.split == "test")
        yield Fold(each.repeat, each.number, train, validation, held_out)
