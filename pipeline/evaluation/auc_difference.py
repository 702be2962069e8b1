"""Whether two models' AUCs on the same cases differ: the paired DeLong test, by patient."""

from pipeline.evaluation.delong import influences, spread
from pipeline.evaluation.difference import Difference
from pipeline.evaluation.paired_test import paired_test
from pipeline.evaluation.scored_cases import ScoredCases


def auc_difference(first: ScoredCases, second: ScoredCases, confidence: float) -> Difference:
    """Return the AUC of `first` minus that of `second`, with its interval and p-value.

    Parameters
    ----------
    first, second
        Two models' scores of the same cases in the same order.
    confidence
        Of the interval, as 0.95.

    Notes
    -----
    The influences of a case on both areas are subtracted before they are summed by patient
    (:mod:`pipeline.evaluation.delong`), so that what both models find hard cancels out.
    """
    if not first.has_both_classes:
        return Difference(None, None, None, None)
    (auc, influence), (other, on_other) = influences(first), influences(second)
    difference = auc - other
    return paired_test(difference, spread(influence - on_other, first), confidence)
