"""The conclusion of a study: what the primary arm of fine-tuning adds to the best head."""

from pipeline.artifacts.summary import Summary
from pipeline.evaluation.crossed import TOO_FEW
from pipeline.evaluation.wording import capitalised, plain_name
from pipeline.finetuning.arms import get_arm


def conclude(summary: Summary) -> str:
    """Put the difference of the primary arm and the best head, and its uncertainty, into words.

    One of the two is called better only where they were trained alike and the interval leaves
    zero out.
    """
    pair = summary.primary_minus_best_head
    arm = get_arm(summary.primary).label
    if pair is None or pair.auc.value is None:
        return (
            f"{capitalised(arm)} and the heads could not be compared by {summary.auc}: the "
            f"validation or the {summary.split} split lacks a class."
        )
    cases = f"{summary.n} images of {summary.n_patients} patients, {summary.split} split"
    where = "; ".join([cases, *summary.cautions])
    best = plain_name(str(summary.best_head))
    low, high = pair.auc.low, pair.auc.high
    if low is None or high is None:
        interval = f"no interval: {pair.auc.because or TOO_FEW}"
    else:
        interval = f"{summary.level} interval {low:+.3f} to {high:+.3f}"
    shown = "not shown to differ"
    if unlike := summary.unlike(summary.primary, str(summary.best_head)):
        shown = f"no verdict, because the two were not trained alike ({', '.join(unlike)})"
    elif low is not None and low > 0:
        shown = f"{arm} has the higher {summary.auc}"
    elif high is not None and high < 0:
        shown = f"{best} has the higher {summary.auc}"
    return (
        f"{capitalised(arm)} minus {best}, the head {summary.best_head_by} ({where}): "
        f"{summary.auc} {pair.auc.value:+.3f} ({interval}), {shown}."
    )
