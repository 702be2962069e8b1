"""The summary as a plain-text table."""

from typing import Any

from rich.table import Table

from pipeline.evaluation.heading import Heading
from pipeline.evaluation.summary import Summary

_PLAIN = ("accuracy", "sensitivity", "specificity")


def caption(heading: Heading) -> str:
    """Say what was evaluated, and in capitals what it must not be mistaken for."""
    size = f"{heading.n} images of {heading.n_patients} patients, {heading.n_positive} positive"
    lines = [f"{heading.backbone}, {heading.split} split: {size}."]
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
    for title in (f"AUC ({summary.heading.level} CI)", *_PLAIN, "n"):
        drawn.add_column(title, justify="right", no_wrap=True)
    models = dict(summary.models)
    if summary.probe_augmented is not None:
        models["linear_probe, augmented"] = summary.probe_augmented
    for name, figures in models.items():
        plain = (_number(figures[metric]["value"]) for metric in _PLAIN)
        drawn.add_row(name, _with_interval(figures["auc"]), *plain, str(summary.heading.n))
    return drawn


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _with_interval(figure: dict[str, Any]) -> str:
    if figure["low"] is None:
        return _number(figure["value"])
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"
