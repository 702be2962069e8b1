"""What a head loses on a value of a property that it never saw, as on another view or device.

Heads that never saw the value learn from nine tenths of the patients without it, ten times. How
their AUCs differ is a delete-group jackknife of what other training patients would change [1]_. It
is counted twice, for the heads that did see the value too, beside the variance between the
patients that are scored.

References
----------
.. [1] Wolter, Introduction to Variance Estimation, 2nd edition, Springer, 2007, chapter 4.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.artifacts.results import Difference
from pipeline.artifacts.shortcuts import HeldOut
from pipeline.artifacts.task import Task
from pipeline.probing.classifier import told, told_out_of_fold
from pipeline.probing.shortcut import Images, sharing
from pipeline.statistics.auc import auc_difference, auc_influences
from pipeline.statistics.crossed import Part
from pipeline.statistics.delong import influences
from pipeline.statistics.grouping import LEAST_OF_CLASS, fewest_of_class
from pipeline.statistics.holm import holm
from pipeline.statistics.scored_cases import BinaryCases, BoolArray, FloatArray, ScoredCases

TENTHS = 5
METHOD = (
    "logistic regression on embeddings for the label, on the images of a value: trained without "
    "any patient who has it, minus trained out of fold with them, on as many images; paired, with "
    "the variance between training sets, Holm over values"
)


def hold_out(
    images: Images, cases: pd.DataFrame, task: Task, *, confidence: float, seed: int
) -> list[HeldOut]:
    """Hold out each value that has enough patients of every class, as have the others.

    Parameters
    ----------
    images
        Of the training split.
    cases
        As in data/cases.parquet.
    task
        Of the labels.
    confidence
        Of the intervals, as 0.95.
    seed
        Of folds and draws.
    """
    found = []
    for each in sharing(cases, images.ids):
        without = ~np.isin(images.groups, images.groups[each.members])
        counts = [
            fewest_of_class(images.labels, images.groups, part, n_classes=len(task.classes))
            for part in (each.members, without)
        ]
        if min(counts) >= LEAST_OF_CLASS:
            found.append((each, *_pair(images, each.members, without, task, seed)))
    tested = [
        auc_difference(unseen, seen, confidence, _of_training(unseen, len(seen)))
        for _, unseen, seen in found
    ]
    return [
        HeldOut(
            column=each.column,
            value=each.value,
            n=int(each.members.sum()),
            n_patients=seen[0].n_patients,
            seen=auc_influences(seen)[0],
            unseen=auc_influences(unseen)[0],
            difference=_adjusted(difference, p),
        )
        for (each, unseen, seen), difference, p in zip(
            found, tested, holm([each.p for each in tested]), strict=True
        )
    ]


def _pair(
    images: Images, inside: BoolArray, without: BoolArray, task: Task, seed: int
) -> tuple[list[BinaryCases], list[BinaryCases]]:
    """Score the images of a value by a head that never saw it, and by heads that did."""
    x, labels, groups = images.embeddings, images.labels, images.groups
    n_classes = len(task.classes)
    size = int(without.sum()) * (TENTHS - 1) // TENTHS
    parts = np.random.default_rng(seed).permutation(len(groups)) % TENTHS
    part = parts[pd.factorize(groups)[0]]  # of the patient
    unseen = [
        told(x[rows], labels[rows], x[inside], n_classes)
        for rows in (np.flatnonzero(without & (part != left_out)) for left_out in range(TENTHS))
    ]
    seen = told_out_of_fold(x, labels, groups, n_classes=n_classes, seed=seed, size=size)[inside]

    def classes(probabilities: FloatArray) -> list[BinaryCases]:
        scored = ScoredCases.of(labels[inside], probabilities, groups[inside])
        return [scored.one_vs_rest(label) for label in task.reported]

    return [each for head in unseen for each in classes(head)], classes(seen)


def _of_training(unseen: Sequence[BinaryCases], n_reported: int) -> Part:
    """Return what other training patients add to the variance of the difference."""
    aucs = np.array([influences(each)[0] for each in unseen]).reshape(TENTHS, n_reported)
    variance = (TENTHS - 1) ** 2 / TENTHS * float(aucs.mean(axis=1).var(ddof=1))
    return Part(variance, TENTHS - 1)


def _adjusted(difference: Difference, p: float | None) -> Difference:
    return difference.model_copy(update={"p_holm": p})
