"""What the data support about fine-tuning and the best head, in one sentence."""

from pipeline.artifacts.provenance import Heading
from pipeline.evaluation.difference import Difference


def conclude(heading: Heading, difference: Difference | None) -> str:
    """Put a difference and its uncertainty into words.

    Parameters
    ----------
    heading
        What was evaluated.
    difference
        AUC of fine-tuning minus that of the best head; None where there was no best head.

    Returns
    -------
    str
        One of the two is called better only where the interval leaves zero out.
    """
    if difference is None or difference.value is None:
        return (
            f"Fine-tuning and the heads could not be compared by {heading.auc}: the validation or "
            f"the {heading.split} split lacks a class."
        )
    cases = f"{heading.n} images of {heading.n_patients} patients, {heading.split} split"
    where = "; ".join([cases, *heading.cautions])
    figure = f"{heading.auc} {difference.value:+.3f} ({_interval(heading, difference)})"
    best = str(heading.best_head).replace("_", " ")
    verdict = _verdict(difference, best)
    compared = f"Fine-tuning minus {best}, the head best on validation"
    return f"{compared} ({where}): {figure}, {verdict}."


def _interval(heading: Heading, difference: Difference) -> str:
    if difference.low is None or difference.high is None:
        return "no interval: too few patients"
    return f"{heading.level} interval {difference.low:+.3f} to {difference.high:+.3f}"


def _verdict(difference: Difference, best: str) -> str:
    if difference.low is not None and difference.low > 0:
        return "fine-tuning ranks the cases better"
    if difference.high is not None and difference.high < 0:
        return f"{best} ranks the cases better"
    return "not shown to differ"
