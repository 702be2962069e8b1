"""Confusion matrices, one panel a model."""

import numpy as np
import pandas as pd
from markupsafe import Markup

from pipeline.artifacts.results import ModelMetrics
from pipeline.artifacts.summary import Summary
from pipeline.reporting.style import INK, MUTED, ModelStyle, figure_style, model_styles, new_axes
from pipeline.reporting.svg import Panel, Plate, inline_svg
from pipeline.reporting.text import number


def confusion(summary: Summary, cases: dict[str, pd.DataFrame], classes: tuple[str, ...]) -> Plate:
    """Draw one table a model, classes by classes."""
    styles = model_styles(summary.models)
    return Plate(
        key="confusion",
        title="Confusion matrices.",
        caption=(
            f"Images of the {summary.split} split (n = {summary.n}): actual class by row, "
            f"predicted class by column, {_HOW[summary.binary]}. Shade and per cent: share of "
            "the row."
        ),
        panels=tuple(
            Panel(
                _title(styles[name].label, summary.models[name]),
                _panel(_count(frame, classes), classes, styles[name], f"confusion-{name}"),
            )
            for name, frame in cases.items()
        ),
    )


_HOW = {
    True: "at the threshold beside the model's name, which was chosen on the validation split",
    False: "which is the one of the highest probability",
}


def _title(name: str, found: ModelMetrics) -> str:
    if found.threshold is not None:
        return f"{name}, threshold {number(found.threshold, 2)}"
    return f"{name}, accuracy {number(found.estimate('accuracy').value)}"


def _count(cases: pd.DataFrame, classes: tuple[str, ...]) -> np.ndarray:
    """Count (actual, predicted) as an int array of shape (n_classes, n_classes)."""
    pairs = cases.astype(str).value_counts()
    return np.array([[pairs.get((a, p), 0) for p in classes] for a in classes])


def _panel(counts: np.ndarray, classes: tuple[str, ...], style: ModelStyle, key: str) -> Markup:
    with figure_style(key):
        n = len(classes)
        side = max(2.7, 0.9 * n)  # inches
        figure, axes = new_axes(side + 0.4, side)
        cells = []
        for row, column in np.ndindex(n, n):
            count = int(counts[row, column])
            share = count / max(int(counts[row].sum()), 1)
            axes.fill(
                column + np.array([0, 1, 1, 0]),
                row + np.array([0, 0, 1, 1]),
                color=style.colour,
                alpha=0.04 + 0.4 * share,
                lw=0,
            )
            axes.text(
                column + 0.5, row + 0.44, f"{count}", ha="center", va="center", size=14, color=INK
            )
            axes.text(
                column + 0.5, row + 0.7, f"{100 * share:.0f} %", ha="center", va="center", size=8.5
            )
            cells.append(f"actual {classes[row]}, predicted {classes[column]}: {count}")
        axes.set(xlim=(0, n), ylim=(n, 0), xlabel="Predicted", ylabel="Actual")
        axes.set_xticks(np.arange(n) + 0.5, classes)
        axes.set_yticks(np.arange(n) + 0.5, classes, rotation=90, va="center")
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set(visible=True, color=MUTED)
        for edge in range(1, n):
            axes.axhline(edge, color=MUTED, lw=0.7)
            axes.axvline(edge, color=MUTED, lw=0.7)
        return inline_svg(
            figure, key=key, alt=f"Confusion matrix of {style.label}. {'; '.join(cells)}."
        )
