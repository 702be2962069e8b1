"""The conclusion of a study: what the primary arm of fine-tuning adds to the best head."""

from collections.abc import Sequence

from pipeline.artifacts.results import Pair
from pipeline.artifacts.summary import Summary
from pipeline.evaluation.wording import capitalised, estimate_in_words, plain_name, verdict
from pipeline.finetuning.arms import ARMS, get_arm
from pipeline.statistics.crossed import TOO_FEW


def conclude(
    summary: Summary, pair: Pair | None, *, margin: float | None, absent: Sequence[str] = ()
) -> str:
    """Put the difference of the primary arm and the best head, and its uncertainty, into words.

    The verdict is that of the list of all pairs, in the same words.

    Parameters
    ----------
    summary
        What the figures are about.
    pair
        The primary pair; None where the best head could not be chosen.
    margin
        Difference of AUCs that would not matter; None: none was set.
    absent
        Classes of which the reported split holds no image. Accuracy is compared then; where all
        images are negative it is the specificity.
    """
    arm = _name(summary.primary)
    if pair is None:
        return (
            f"{capitalised(arm)} and the heads could not be compared by {summary.auc}: validation "
            "lacks a class, so that no best head was chosen."
        )
    if pair.auc.value is None:
        measure = "specificity" if summary.n_positive == 0 else "accuracy"
        return (
            f"{capitalised(arm)} and {_name(pair.second)}, the head {summary.best_head_by}, could "
            f"not be compared by {summary.auc}: the {summary.split} split holds no "
            f"{' and no '.join(absent)} image. {capitalised(arm)} minus {_name(pair.second)}: "
            f"{estimate_in_words(measure, pair.accuracy)}."
        )
    cases = f"{summary.n} images of {summary.n_patients} patients, {summary.split} split"
    where = "; ".join([cases, *summary.cautions])
    low, high = pair.auc.low, pair.auc.high
    if low is None or high is None:
        interval = f"no interval: {pair.auc.because or TOO_FEW}"
    else:
        interval = f"{summary.level} interval {low:+.3f} to {high:+.3f}"
    unlike = summary.unlike(pair.first, pair.second)
    shown = verdict(pair, margin=margin, auc=summary.auc, unlike=unlike, name=_name)
    return (
        f"{capitalised(arm)} minus {_name(pair.second)}, the head {summary.best_head_by} "
        f"({where}): {summary.auc} {pair.auc.value:+.3f} ({interval}), {shown}."
    )


def _name(model: str) -> str:
    return get_arm(model).label if model in ARMS else plain_name(model)
