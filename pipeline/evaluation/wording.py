"""What the data support about two models, in words."""

from collections.abc import Callable, Sequence

from pipeline.artifacts.results import Estimate, Pair
from pipeline.artifacts.task import Task
from pipeline.evaluation.metric import Metric
from pipeline.evaluation.metrics import METRICS, main_metrics
from pipeline.statistics.crossed import TOO_FEW
from pipeline.statistics.power_words import claim_in_words


def capitalised(words: str) -> str:
    """Write words as the beginning of a sentence."""
    return words[0].upper() + words[1:]


def plain_name(model: str) -> str:
    """Return a model's name as it is written in sentences of JSON files."""
    return model.replace("_", " ")


def auc_name(classes: Sequence[str]) -> str:
    """Return what the AUC of some classes is called inside a sentence."""
    auc: Metric = METRICS["auc"]
    return auc.heading(Task.of(classes)).replace("Macro", "macro")


def auc_in_words(classes: Sequence[str], figure: Estimate) -> str:
    """Write an AUC with its name and interval."""
    return estimate_in_words(auc_name(classes), figure, ".3f")


def estimate_in_words(name: str, figure: Estimate, digits: str = "+.3f") -> str:
    """Write an estimate with its interval, as 'AUC +0.012 (-0.004 to +0.029)'."""
    value, low, high = figure.value, figure.low, figure.high
    if value is None:
        return f"{name} not defined"
    if low is None or high is None:
        return f"{name} {value:{digits}} (no interval: {figure.because or TOO_FEW})"
    return f"{name} {value:{digits}} ({low:{digits}} to {high:{digits}})"


def intervals_in_words(task: Task, *, seeds: bool = False) -> str:
    """Say how the intervals of the main metrics are made, and whether seeds are crossed in."""
    methods: dict[str, list[str]] = {}
    for metric in main_metrics(task):
        own = metric.interval
        if own is not None:
            methods.setdefault(own.method, []).append(metric.name)
    listed = [f"{method} ({', '.join(names)})" for method, names in sorted(methods.items())]
    over = "patient, and by seed where a model was trained several times" if seeds else "patient"
    return f"by {over}: {', '.join([*listed, 'percentile bootstrap (all others)'])}"


def verdict(
    pair: Pair,
    *,
    margin: float | None,
    auc: str,
    unlike: Sequence[str] = (),
    name: Callable[[str], str] = plain_name,
) -> str:
    """Say which of two models has the higher AUC, if the data show it.

    Parameters
    ----------
    pair
        Of the two.
    margin
        Difference of AUCs that would not matter. Where no difference is shown but a loss of this
        size is ruled out, the sentence says so. None: none was set.
    auc
        What the AUC is called.
    unlike
        What keeps the comparison from being fair, in words: there is no verdict then.
    name
        Writes the name of a model.
    """
    if unlike:
        return f"no verdict, because the two were not trained alike ({', '.join(unlike)})"
    sure = claim_in_words(pair.auc, shown=pair.better is not None)
    if pair.better is not None:
        return f"{name(pair.better)} has the higher {auc}{sure}"
    if margin is None:
        return f"not shown to differ{sure}"
    by_margin = {
        (True, True): f", the two within {margin:g} of each other",
        (True, False): f", {name(pair.first)} not worse by {margin:g} or more",
        (False, True): f", {name(pair.second)} not worse by {margin:g} or more",
        (False, False): "",
    }
    return f"not shown to differ{by_margin[pair.first_not_worse, pair.second_not_worse]}{sure}"


def sentence(pair: Pair, *, margin: float | None, auc: str, unlike: Sequence[str] = ()) -> str:
    """Say what the data support about two models, in one sentence without a full stop.

    Parameters as in :func:`verdict`.
    """
    shown = verdict(pair, margin=margin, auc=auc, unlike=unlike)
    difference = estimate_in_words(auc, pair.auc)
    return f"{plain_name(pair.first)} minus {plain_name(pair.second)}: {difference}, {shown}"


def gate_in_words(pairs: Sequence[Pair]) -> str:
    """Say what the primary pair means for the claims about all others; empty without one."""
    primary = next((pair for pair in pairs if pair.primary), None)
    if primary is None:
        return ""
    named = f"{plain_name(primary.first)} minus {plain_name(primary.second)}"
    if primary.decided:
        return f"The primary comparison ({named}) is decided; the others are adjusted among them."
    return (
        f"The primary comparison ({named}) is not decided, so the others are exploratory; they are "
        "adjusted among them."
    )
