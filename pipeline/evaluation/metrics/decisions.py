"""Metrics of the predicted classes, from the confusion matrix.

Definitions are those of https://scikit-learn.org/stable/modules/model_evaluation.html. A class
that no case is of leaves what it enters undefined, instead of being passed over: a mean over other
classes would be another figure under the same name.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.evaluation.classified import ClassifiedCases, Weighted, ratio
from pipeline.evaluation.metric import SHARE, Ends, Interval, Metric, binary, multiclass, no_task
from pipeline.statistics.proportion import share_interval
from pipeline.statistics.scored_cases import FloatArray

_WILSON = "Wilson with design effect"


def _accuracy(weighted: Weighted) -> FloatArray:
    """Return the share of cases predicted correctly."""
    confusion = weighted.confusion
    return ratio(np.trace(confusion, axis1=1, axis2=2), confusion.sum(axis=(1, 2)))


def _recalls(weighted: Weighted) -> FloatArray:
    """Return the share of each class's cases predicted to be of it, shape (n_sets, n_classes)."""
    confusion = weighted.confusion
    return ratio(np.diagonal(confusion, axis1=1, axis2=2), confusion.sum(axis=2))


def _sensitivity(weighted: Weighted) -> FloatArray:
    return _recalls(weighted)[:, 1]


def _specificity(weighted: Weighted) -> FloatArray:
    return _recalls(weighted)[:, 0]


def _balanced_accuracy(weighted: Weighted) -> FloatArray:
    """Return the mean over all classes of the share of a class's cases predicted to be of it."""
    mean: FloatArray = _recalls(weighted).mean(axis=1)
    return mean


def _f1(weighted: Weighted) -> FloatArray:
    """Return the mean over the reported classes of 2 TP / (2 TP + FP + FN)."""
    confusion = weighted.confusion
    right = np.diagonal(confusion, axis1=1, axis2=2)
    actual, predicted = confusion.sum(axis=2), confusion.sum(axis=1)
    f1 = np.where(actual > 0, ratio(2 * right, actual + predicted), np.nan)
    mean: FloatArray = f1[:, weighted.classified.task.reported].mean(axis=1)
    return mean


def _kappa(weighted: Weighted) -> FloatArray:
    """Return Cohen's kappa: agreement of predictions and labels beyond that of chance.

    With p the share of agreement and e that expected of independent predictions with the same
    totals, (p - e) / (1 - e); NaN where all labels and all predictions are of one class (Cohen,
    Educational and Psychological Measurement 20:37-46, 1960).
    """
    confusion = weighted.confusion
    total = confusion.sum(axis=(1, 2))
    expected = ratio((confusion.sum(axis=1) * confusion.sum(axis=2)).sum(axis=1), total**2)
    return ratio(_accuracy(weighted) - expected, 1 - expected)


def _mcc(weighted: Weighted) -> FloatArray:
    """Return Matthews' correlation of predictions and labels, of any number of classes.

    0 where all predictions are of one class, as in scikit-learn; NaN where all labels are
    (Gorodkin, Computational Biology and Chemistry 28:367-374, 2004).
    """
    confusion = weighted.confusion
    total = confusion.sum(axis=(1, 2))
    actual, predicted = confusion.sum(axis=2), confusion.sum(axis=1)
    right = np.trace(confusion, axis1=1, axis2=2)
    labels = total**2 - np.square(actual).sum(axis=1)
    predictions = total**2 - np.square(predicted).sum(axis=1)
    covariance = right * total - (actual * predicted).sum(axis=1)
    correlation = ratio(covariance, np.sqrt(labels * predictions))
    return np.where((labels > 0) & (predictions == 0), 0.0, correlation)


def share_correct(trainings: Sequence[ClassifiedCases]) -> FloatArray:
    """Return the share of the trainings of a model that predict each case right, (n_cases,)."""
    share: FloatArray = np.mean([each.correct for each in trainings], axis=0)
    return share


def _share_of_all(trainings: Sequence[ClassifiedCases], confidence: float) -> Ends:
    cases = trainings[0].cases
    every = np.ones(cases.n, dtype=bool)
    return share_interval(share_correct(trainings), every, cases, confidence)


def _share_of_positives(trainings: Sequence[ClassifiedCases], confidence: float) -> Ends:
    cases = trainings[0].cases
    return share_interval(share_correct(trainings), cases.labels == 1, cases, confidence)


def _share_of_negatives(trainings: Sequence[ClassifiedCases], confidence: float) -> Ends:
    cases = trainings[0].cases
    return share_interval(share_correct(trainings), cases.labels == 0, cases, confidence)


accuracy = Metric(
    name="accuracy",
    label="Accuracy",
    higher_is_better=True,
    values=_accuracy,
    bounds=SHARE,
    by_subgroup=multiclass,
    interval=Interval(_WILSON, _share_of_all),
)
sensitivity = Metric(
    name="sensitivity",
    label="Sensitivity",
    higher_is_better=True,
    values=_sensitivity,
    bounds=SHARE,
    tasks=binary,
    by_subgroup=binary,
    interval=Interval(_WILSON, _share_of_positives),
)
specificity = Metric(
    name="specificity",
    label="Specificity",
    higher_is_better=True,
    values=_specificity,
    bounds=SHARE,
    tasks=binary,
    by_subgroup=binary,
    interval=Interval(_WILSON, _share_of_negatives),
)
f1 = Metric(name="f1", label="F1", higher_is_better=True, values=_f1, averaged=True, bounds=SHARE)
balanced_accuracy = Metric(
    name="balanced_accuracy",
    label="Balanced accuracy",
    higher_is_better=True,
    values=_balanced_accuracy,
    bounds=SHARE,
    main=multiclass,
)
kappa = Metric(
    name="kappa",
    label="Cohen's kappa",
    higher_is_better=True,
    values=_kappa,
    tasks=multiclass,
    bounds=(-1.0, 1.0),
)
mcc = Metric(
    name="mcc", label="MCC", higher_is_better=True, values=_mcc, main=no_task, bounds=(-1.0, 1.0)
)
