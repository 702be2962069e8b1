"""Metrics of the order of the cases by score: AUC and average precision.

Each is the mean over the reported classes of the figure of that class against the rest: of a
binary task the positive class alone, else all classes, each counting the same (macro average; see
Provost and Domingos, Well-trained PETs, CeDER working paper IS-00-04, 2000).
"""

from collections.abc import Sequence

import numpy as np

from pipeline.evaluation.classified import ClassifiedCases, Weighted, ratio
from pipeline.evaluation.metric import SHARE, Ends, Interval, Metric, any_task, binary
from pipeline.statistics.auc import auc_interval
from pipeline.statistics.scored_cases import FloatArray


def area_under_roc(true_positives: FloatArray, false_positives: FloatArray) -> FloatArray:
    """Return the area under the ROC curve, a tie between the classes counting one half.

    Parameters
    ----------
    true_positives, false_positives
        ndarrays of shape (n_sets, 1 + n_scores) from :meth:`Ranking.counts`.

    Returns
    -------
    ndarray of shape (n_sets,)
        NaN for a set without both classes.
    """
    heights = true_positives[:, 1:] + true_positives[:, :-1]
    area = (np.diff(false_positives, axis=1) * heights).sum(axis=1) / 2
    return ratio(area, true_positives[:, -1] * false_positives[:, -1])


def area_under_precision(true_positives: FloatArray, false_positives: FloatArray) -> FloatArray:
    """Return the mean of precision over the steps of recall, not interpolated.

    Parameters as in :func:`area_under_roc`; NaN for a set without positive cases.
    """
    called = true_positives[:, 1:] + false_positives[:, 1:]
    steps = np.diff(true_positives, axis=1)
    precision = ratio(true_positives[:, 1:], called)
    area = np.where(steps > 0, steps * precision, 0).sum(axis=1)
    return ratio(area, true_positives[:, -1])


def _auc(weighted: Weighted) -> FloatArray:
    mean: FloatArray = np.mean([area_under_roc(*counts) for counts in weighted.counts], axis=0)
    return mean


def _average_precision(weighted: Weighted) -> FloatArray:
    areas = [area_under_precision(*counts) for counts in weighted.counts]
    mean: FloatArray = np.mean(areas, axis=0)
    return mean


def _delong(trainings: Sequence[ClassifiedCases], confidence: float) -> Ends:
    return auc_interval([each for every in trainings for each in every.one_vs_rest], confidence)


auc = Metric(
    name="auc",
    label="AUC",
    higher_is_better=True,
    values=_auc,
    bounds=SHARE,
    by_subgroup=any_task,
    averaged=True,
    interval=Interval("DeLong score", _delong),
)
average_precision = Metric(
    name="average_precision",
    label="Average precision",
    higher_is_better=True,
    values=_average_precision,
    bounds=SHARE,
    tasks=binary,
)
