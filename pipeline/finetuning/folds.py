"""Cross-validation of an arm: once on every fold by patient, those of the heads' first repeat."""

import numpy as np

from pipeline.evaluation.rule import threshold_for
from pipeline.finetuning.cohort import ImageCohort
from pipeline.finetuning.retraining import Retraining
from pipeline.splitting.partition import Plan
from pipeline.splitting.resampling import divide
from pipeline.training.out_of_fold import OutOfFold


def without_official(cohort: ImageCohort) -> ImageCohort:
    """Leave out the test set that came with the data: it stays unseen until the end."""
    cases = cohort.cases.frame
    official = cases["id"][cases["official_split"] == "test"]
    return cohort.altered(cohort.table[~cohort.table["id"].isin(official)])


def out_of_fold(cohort: ImageCohort, retraining: Retraining, plan: Plan) -> OutOfFold:
    """Train an arm on what is outside each fold, and predict the fold.

    Learning rate, epoch and threshold are chosen on a validation part that is set aside outside
    the fold, by patient, as for the heads.

    Parameters
    ----------
    cohort
        The images; their own splits and folds play no part.
    retraining
        Of the arm.
    plan
        Folds, share of validation and seed.

    Returns
    -------
    OutOfFold
        Of one repeat.
    """
    table, classes = cohort.table, cohort.cases.classes
    found = OutOfFold.empty(table, classes, repeats=1)
    labels, groups = table["label"].to_numpy(), table["group"].to_numpy(object)
    for each in divide(labels, groups, plan, 1, classes=classes):
        print(f"fold {each.number + 1} of {plan.folds}")
        divided = cohort.altered(table.assign(split=each.split, fold=each.folds))
        probability = retraining.probabilities(divided)
        validation, held_out = each.split == "validation", each.split == "test"
        threshold = threshold_for(labels[validation], probability[validation])
        found.threshold[0, held_out] = np.nan if threshold is None else threshold
        found.probability[0, held_out] = probability[held_out]
        found.fold[0, held_out] = each.number
    return found
