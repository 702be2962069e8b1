"""Repeated cross-validation of every head and their ensemble."""

import numpy as np
import pandas as pd

from heads import ENSEMBLE
from heads.base import Head, pool_views
from heads.ensemble import Ensemble
from pipeline.evaluation.rule import threshold_for
from pipeline.params import Params
from pipeline.splitting.partition import Plan
from pipeline.splitting.resampling import Fold, cross_validate
from pipeline.training.cohort import LabelledEmbeddings
from pipeline.training.description import Fitted
from pipeline.training.out_of_fold import OutOfFold
from radbank.progress import track


def without_official_test(cohort: LabelledEmbeddings, cases: pd.DataFrame) -> LabelledEmbeddings:
    """Leave out the test set that came with the data: it stays unseen until the end."""
    official = set(cases["id"][cases["official_split"] == "test"])
    kept = ~cohort.cases["id"].isin(official).to_numpy()
    return LabelledEmbeddings(
        cohort.cases[kept].reset_index(drop=True),
        cohort.examples.take(kept),
        cohort.attributes,
        cohort.layers,
    )


def out_of_fold(cohort: LabelledEmbeddings, params: Params, repeats: int) -> dict[str, OutOfFold]:
    """Fit every head, and their ensemble, on every fold; predict the images outside it.

    Nested cross-validation: hyperparameters are chosen in folds inside the fold's training part;
    early stopping, calibration and the threshold use a validation part set aside there too.
    """
    split = params.split
    plan = Plan(test=0, validation=split.validation, folds=split.folds, seed=params.seed)
    names = (*params.heads.names, ENSEMBLE)
    found = {name: OutOfFold.empty(cohort.cases, cohort.classes, repeats) for name in names}
    folds = cross_validate(cohort.examples, plan, repeats, classes=cohort.classes)
    total = repeats * plan.folds
    for fold in track(folds, "crossvalidate", total=total, unit="folds"):
        held_out = cohort.examples.take(fold.held_out).embeddings
        for name, head in fit_all(fold, params).items():
            by_view = head.predict_views(fold.validation.embeddings)
            probability = pool_views(by_view, average_views=head.average_views)
            into, at = found[name], (fold.repeat, fold.held_out)
            threshold = threshold_for(fold.validation.labels, probability)
            into.threshold[at] = np.nan if threshold is None else threshold
            into.probability[at] = pool_views(
                head.predict_views(held_out), average_views=head.average_views
            )
            into.fold[at] = fold.number
    return found


def fit_all(fold: Fold, params: Params) -> dict[str, Fitted]:
    """Fit every head and the ensemble of params.yaml on a fold."""
    heads: dict[str, Head] = {
        name: params.heads[name].make(name, seed=params.seed) for name in params.heads.names
    }
    for head in heads.values():
        head.fit(fold.train, fold.validation)
    members: dict[str, Head] = {name: heads[name] for name in params.ensemble.members}
    return {**heads, ENSEMBLE: Ensemble.of(members, fold.validation)}
