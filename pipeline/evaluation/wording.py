"""What the data support about two models, in words."""

from pipeline.evaluation.comparison import Comparison
from pipeline.evaluation.difference import Difference


def difference_in_words(figure: Difference, auc: str = "AUC") -> str:
    """Write a difference of AUCs with its interval, as 'AUC +0.012 (-0.004 to +0.029)'."""
    if figure.value is None:
        return f"{auc} not defined"
    if figure.low is None or figure.high is None:
        return f"{auc} {figure.value:+.3f} (no interval: too few patients)"
    return f"{auc} {figure.value:+.3f} ({figure.low:+.3f} to {figure.high:+.3f})"


def verdict(comparison: Comparison, *, confidence: float, margin: float) -> str:
    """Say which of two models ranks the cases better, if the data show it.

    Parameters
    ----------
    comparison
        Of the two.
    confidence
        A difference is called so where Holm's p-value is below one less this.
    margin
        Difference of AUCs that would not matter. Where no difference is shown but the interval
        leaves out a loss of this size, that is said.
    """
    first, second = (name.replace("_", " ") for name in (comparison.first, comparison.second))
    better = comparison.better(confidence)
    if better is not None:
        return f"{better.replace('_', ' ')} ranks the cases better"
    said = "not shown to differ"
    by_margin = {
        (True, True): f"the two within {margin:g} of each other",
        (True, False): f"{first} not worse by {margin:g} or more",
        (False, True): f"{second} not worse by {margin:g} or more",
    }
    shown = comparison.first_not_worse(margin), comparison.second_not_worse(margin)
    return f"{said}, {by_margin[shown]}" if shown in by_margin else said


def sentence(comparison: Comparison, *, confidence: float, margin: float, auc: str = "AUC") -> str:
    """Say what the data support about two models, in one sentence without a full stop.

    Parameters as in :func:`verdict`; `auc` is what the AUC is called.
    """
    first, second = (name.replace("_", " ") for name in (comparison.first, comparison.second))
    said = verdict(comparison, confidence=confidence, margin=margin)
    return f"{first} minus {second}: {difference_in_words(comparison.auc, auc)}, {said}"
