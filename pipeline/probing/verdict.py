"""A verdict for each property of the cases: whether a head could guess the label from it.

A shortcut needs a value that the embeddings tell, and that tells the label. Both are tested, each
by a test that is clustered by patient:

- *readable*: the AUC of the value's out-of-fold probability among images of one class, so that
  embeddings that tell the disease are not taken for ones that tell what goes with it (among all
  images where value and label go together in every patient);
- *label*: the AUC of the label by the value alone.

A value is as good as the worse of its two p-values; a property has the p-value of its best value
(Bonferroni), and Holm's method covers all properties. What happens when a value is held out is
tested apart (:mod:`pipeline.probing.held_out`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts.results import Tested
from pipeline.artifacts.shortcuts import HeldOut, Property
from pipeline.artifacts.task import Task
from pipeline.probing.classifier import FOLDS
from pipeline.probing.shortcut import Images, Reading
from pipeline.statistics.holm import holm
from pipeline.statistics.scored_cases import BinaryCases, BoolArray, IntArray
from pipeline.statistics.stratified import auc_within

METHOD = (
    "clustered tests that the AUC is one half: of a value by the embeddings within each class, and "
    "of the label by the value alone; the worse of both p-values, Bonferroni over values, Holm "
    "over properties"
)
_NOTHING = Tested(value=None, p=None)


def judge(
    images: Images,
    readings: Sequence[Reading],
    held_out: Sequence[HeldOut],
    task: Task,
    confidence: float,
) -> list[Property]:
    """Return a verdict for each property.

    Parameters
    ----------
    images
        Of the training split.
    readings
        How well the embeddings tell each value.
    held_out
        What happened without each value.
    task
        Of the labels.
    confidence
        Of the intervals, as 0.95; a shortcut is claimed where the p-value is below the rest.
    """
    found = []
    for column in dict.fromkeys(each.column for each in readings):
        of_column = [each for each in readings if each.column == column]
        tested = [(each.value, *_both(images, each, task, confidence)) for each in of_column]
        with_p = [(_worse(read, label), name, read, label) for name, read, label in tested]
        defined = [each for each in with_p if each[0] is not None]
        p, value, read, label = min(
            defined, key=lambda each: each[0] or 0.0, default=(None, None, _NOTHING, _NOTHING)
        )
        p = None if p is None else min(p * len(defined), 1.0)
        found.append((column, value, read, label, p))
    reads, labels, ps = (
        (
            holm(each)
            for each in zip(*((read.p, label.p, p) for *_, read, label, p in found), strict=True)
        )
        if found
        else ([], [], [])
    )
    level = 1 - confidence
    return [
        Property(
            column=column,
            value=value,
            readable=read.model_copy(update={"p_holm": read_p}),
            label=label.model_copy(update={"p_holm": label_p}),
            held_out=(own := tuple(each for each in held_out if each.column == column)),
            p_holm=p_holm,
            shortcut=p_holm is not None and p_holm < level,
            verdict=in_words(read_p, label_p, p_holm, own, level),
        )
        for (column, value, read, label, _), read_p, label_p, p_holm in zip(
            found, reads, labels, ps, strict=True
        )
    ]


def in_words(
    read: float | None,
    label: float | None,
    both: float | None,
    held_out: Sequence[HeldOut],
    level: float,
) -> str:
    """Say what the tests show of a property, from their adjusted p-values."""
    if both is None:
        said = "not tested: too few patients"
    elif both < level:
        said = "possible shortcut: the embeddings tell it, and it tells the label"
    elif read is not None and read < level:
        said = "no shortcut shown: the embeddings tell it, but it is not shown to tell the label"
    elif label is not None and label < level:
        said = "no shortcut shown: it tells the label, but the embeddings are not shown to tell it"
    else:
        said = "no shortcut shown"
    worse = [each.value for each in held_out if each.worse(level)]
    lost = f"; heads that never saw {' or '.join(worse)} rank its images worse" if worse else ""
    return said + lost


def _both(images: Images, reading: Reading, task: Task, confidence: float) -> tuple[Tested, Tested]:
    """Test whether the embeddings tell a value, and whether it tells the label."""
    scored = reading.scored(images)
    if scored is None:
        return _NOTHING, _NOTHING
    labels, groups = images.labels[reading.known], images.groups[reading.known]
    read = auc_within(scored, labels, confidence, folds=FOLDS)
    if read.value is None:  # value and label go together in every patient: no class has both
        read = auc_within(scored, np.zeros_like(labels), confidence, folds=FOLDS)
    if read.value is not None and read.value < 0.5:
        read = read.model_copy(update={"p": 1.0})  # folds that rank the wrong way tell nothing
    return read, _label_alone(reading.has[reading.known], labels, groups, task, confidence)


def _label_alone(
    has: BoolArray, labels: IntArray, groups: NDArray[Any], task: Task, confidence: float
) -> Tested:
    """Return the AUC of the label by whether an image has a value, of the class it tells best."""
    one_stratum = np.zeros(labels.size, dtype=np.int64)
    tested = []
    for label in task.reported:
        own = (labels == label).astype(np.int64)
        score = has.astype(np.float64)
        if own.any() and (own @ score) / own.sum() < score.mean():
            score = 1 - score
        tested.append(auc_within(BinaryCases.of(own, score, groups), one_stratum, confidence))
    defined = [each for each in tested if each.p is not None]
    if not defined:
        return _NOTHING
    best = min(defined, key=lambda each: each.p or 0.0)
    return best.model_copy(update={"p": min((best.p or 0.0) * len(defined), 1.0)})


def _worse(read: Tested, label: Tested) -> float | None:
    return None if read.p is None or label.p is None else max(read.p, label.p)
