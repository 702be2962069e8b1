"""How good a head is in patient-grouped cross-validation inside the training split.

The best head is chosen by this: neither the validation split, which stops heads and sets
thresholds, nor the test split has a say.
"""

from collections.abc import Callable, Sequence

import numpy as np

from heads.base import Head, pool_views
from heads.examples import Examples
from pipeline.artifacts.head_metrics import InnerCV
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases, Weighted
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.rule import DecisionRule
from pipeline.splitting.partition import Plan
from pipeline.splitting.resampling import cross_validate
from pipeline.statistics.scored_cases import ScoredCases
from radbank.errors import RadbankError


def inner_cv(
    make: Callable[[], Head], train: Examples, plan: Plan, classes: Sequence[str]
) -> InnerCV:
    """Fit a head anew on every fold of the training split, and score it outside the fold.

    Parameters
    ----------
    make
        Returns the head before fitting.
    train
        Images of the training split.
    plan
        `folds` folds by patient; of what is outside a fold, the share `validation` stops the head.
    classes
        Names by label.

    Returns
    -------
    InnerCV
        Without an AUC where a class has too few patients to be divided.

    Notes
    -----
    AUCs are averaged over folds and not taken of all images at once: heads of two folds need not
    give scores on one scale. A fold whose held-out part lacks a class is left out.
    """
    try:
        aucs = [
            _auc(make().fit(fold.train, fold.validation), train.take(fold.held_out), classes)
            for fold in cross_validate(train, plan, 1, classes=classes)
        ]
    except RadbankError as error:
        return InnerCV(auc=None, because=str(error))
    defined = tuple(auc for auc in aucs if not np.isnan(auc))
    if not defined:
        return InnerCV(auc=None, because="No fold held images of every class.")
    return InnerCV(auc=float(np.mean(defined)), by_fold=defined)


def _auc(head: Head, held_out: Examples, classes: Sequence[str]) -> float:
    """Return the AUC on held-out images (of several classes the macro average), NaN without it."""
    by_view = head.predict_views(held_out.embeddings)
    probabilities = pool_views(by_view, average_views=head.average_views)
    cases = ScoredCases.of(held_out.labels, probabilities, held_out.groups)
    classified = ClassifiedCases.of(Task.of(classes), cases, DecisionRule(None))
    return float(METRICS["auc"].values(Weighted(classified, np.ones((1, cases.n))))[0])
