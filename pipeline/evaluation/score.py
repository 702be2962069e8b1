"""All metrics of one model on one set of cases, with intervals, ready for JSON."""

from typing import Any

from numpy.typing import ArrayLike

from pipeline.evaluation.bootstrap import estimate
from pipeline.evaluation.intervals import with_closed_forms
from pipeline.evaluation.metrics import AllMetrics
from pipeline.evaluation.scored_cases import ScoredCases


def score(
    labels: ArrayLike,
    probabilities: ArrayLike,
    groups: ArrayLike,
    *,
    threshold: float,
    n_bootstrap: int,
    confidence: float,
    seed: int,
) -> dict[str, Any]:
    """Score probabilities against labels, with intervals over patients.

    Parameters
    ----------
    labels
        Array of shape (n_cases,) of 0 and 1.
    probabilities
        Array of shape (n_cases,) of numbers from 0 to 1, of the positive class.
    groups
        Array of shape (n_cases,): the patient of each case.
    threshold
        A probability of at least this is called positive. Choose it on other cases.
    n_bootstrap
        How many times the patients are drawn.
    confidence
        Of the intervals, as 0.95.
    seed
        Of the draws.

    Returns
    -------
    dict
        `n`, `n_patients`, `n_positive` and `threshold`; `degenerate_resamples`, the draws that
        lacked a class; and for each of METRICS a dict of `value`, `low` and `high`, which are None
        where they are not defined.

    Raises
    ------
    RadbankError
        If a probability is not a number from 0 to 1.
    """
    cases = ScoredCases.of(labels, probabilities, groups)
    return score_cases(
        AllMetrics.of(cases, threshold),
        n_bootstrap=n_bootstrap,
        confidence=confidence,
        seed=seed,
    )


def score_cases(
    metrics: AllMetrics, *, n_bootstrap: int, confidence: float, seed: int
) -> dict[str, Any]:
    """Score cases that are already checked, as :func:`score` does."""
    cases = metrics.cases
    estimates = estimate(
        metrics,
        cases.patients,
        cases.n_patients,
        n_bootstrap=n_bootstrap,
        confidence=confidence,
        seed=seed,
    )
    estimates = with_closed_forms(estimates, metrics, confidence)
    return {
        "n": cases.n,
        "n_patients": cases.n_patients,
        "n_positive": cases.n_positive,
        "threshold": float(metrics.threshold),
        "degenerate_resamples": estimates["auc"].n_undefined,
        **{name: figure.to_dict() for name, figure in estimates.items()},
    }
