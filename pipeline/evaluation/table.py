"""The summary as a plain-text table."""

from typing import Any

from rich.table import Table

from pipeline.artifacts.provenance import Heading
from pipeline.evaluation.summary import Summary

_PLAIN = ("accuracy", "sensitivity", "specificity")
_PLAIN_OF_MORE = ("accuracy", "balanced_accuracy", "macro_f1")


def caption(heading: Heading) -> str:
    """Say what was evaluated, and in capitals what it must not be mistaken for."""
    lines = [f"{heading.backbone}, {heading.split} split: {heading.size}."]
    if heading.synthetic:
        lines.append(f"SYNTHETIC DATA: {heading.data}.")
    if heading.random_weights:
        lines.append("RANDOM WEIGHTS: the backbone was not pretrained.")
    if heading.split_note is not None:
        lines.append(f"NO TEST SPLIT: {heading.split_note}.")
    return "\n".join(lines)


def table(summary: Summary) -> Table:
    """Lay out the models, one a row, in at most 90 columns."""
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    drawn.add_column("model", no_wrap=True)
    plain = _PLAIN if "n_positive" in summary.heading.counts else _PLAIN_OF_MORE
    titles = (name.replace("_", " ") for name in plain)
    for title in (f"{summary.heading.auc} ({summary.heading.level} CI)", *titles, "n"):
        drawn.add_column(title, justify="right", no_wrap=True)
    models = dict(summary.models)
    if summary.probe_augmented is not None:
        models["linear_probe, augmented"] = summary.probe_augmented
    for name, figures in models.items():
        shown = (_number(figures[metric]["value"]) for metric in plain)
        drawn.add_row(name, _with_interval(figures["auc"]), *shown, str(summary.heading.n))
    return drawn


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _with_interval(figure: dict[str, Any]) -> str:
    if figure["low"] is None:
        return _number(figure["value"])
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"
