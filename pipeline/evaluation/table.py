"""The summary as a plain-text table."""

from rich.table import Table

from pipeline.artifacts.results import Estimate, ModelMetrics
from pipeline.artifacts.summary import Summary
from pipeline.artifacts.task import Task
from pipeline.evaluation.metrics import main_metrics

_SHOWN = 3  # metrics beside the AUC: more do not fit a terminal


def caption(summary: Summary) -> str:
    """Return the table's caption: what was evaluated, with warnings in capitals."""
    lines = [f"{summary.backbone}, {summary.split} split: {summary.size}."]
    if summary.synthetic:
        lines.append(f"SYNTHETIC DATA: {summary.data}.")
    if summary.random_weights:
        lines.append("RANDOM WEIGHTS: the backbone was not pretrained.")
    if summary.split_note is not None:
        lines.append(f"NO TEST SPLIT: {summary.split_note}.")
    return "\n".join(lines)


def table(summary: Summary, task: Task) -> Table:
    """Lay out the models, one a row, in at most 100 columns: AUC and metrics of decisions.

    Where a model was trained several times, a column says how often and how much the AUC differs.
    """
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    drawn.add_column("model", no_wrap=True)
    auc, *others = sorted(main_metrics(task), key=lambda metric: metric.name != "auc")
    others = others[:_SHOWN]
    titles = [f"{auc.heading(task)} ({summary.level} CI)", *(each.heading(task) for each in others)]
    several = any(found.trainings > 1 for found in summary.models.values())
    for title in (*titles, "n", *(["trainings (sd)"] if several else [])):
        drawn.add_column(title, justify="right", no_wrap=True)

    def add(name: str, found: ModelMetrics) -> None:
        shown = (_number(found.estimate(metric.name).value) for metric in others)
        trained = [_trainings(found)] if several else []
        drawn.add_row(name, _with_interval(found.estimate("auc")), *shown, str(summary.n), *trained)

    for name, found in summary.models.items():
        add(name, found)
    for name, found in summary.augmented.items():
        add(f"{name}, augmented", found)
    return drawn


def _trainings(found: ModelMetrics) -> str:
    spread = found.auc.seeds_sd
    return f"{found.trainings}" if spread is None else f"{found.trainings} ({spread:.3f})"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _with_interval(figure: Estimate) -> str:
    if figure.low is None:
        return _number(figure.value)
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"
