"""ROC and precision-recall curves, all models in one drawing: of a task, or of each class."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from pipeline.artifacts.results import Metrics, ScoresFile
from pipeline.artifacts.summary import Summary
from pipeline.evaluation.metrics import METRICS
from pipeline.reporting.style import MUTED, figure_style, line, model_styles, new_axes
from pipeline.reporting.svg import Panel, Plate, inline_svg
from pipeline.reporting.text import number


@dataclass(frozen=True)
class _Kind:
    """A kind of curve.

    Attributes
    ----------
    title, x_label, y_label
        What the drawing says.
    x, y
        Columns of the frame.
    metric
        The area under it, given in the legend.
    drawstyle
        How matplotlib joins the points.
    """

    title: str
    x: str
    x_label: str
    y: str
    y_label: str
    metric: str
    drawstyle: str


_MOST = 12  # classes drawn
_ROC = _Kind(
    title="ROC curve",
    x="fpr",
    x_label="False-positive rate (1 \N{MINUS SIGN} specificity)",
    y="tpr",
    y_label="True-positive rate (sensitivity)",
    metric="auc",
    drawstyle="default",
)
_PRECISION_RECALL = _Kind(
    title="Precision-recall curve",
    x="recall",
    x_label="Recall (sensitivity)",
    y="precision",
    y_label="Precision",
    metric="average_precision",
    # average precision is the area under the steps; straight lines between points overstate it
    drawstyle="steps-pre",
)


def curves(
    summary: Summary, roc: dict[str, pd.DataFrame], precision_recall: dict[str, pd.DataFrame]
) -> Plate:
    """Draw both curves of every model of a binary task."""
    prevalence = (summary.n_positive or 0) / summary.n
    return Plate(
        key="curves",
        title="Receiver operating characteristic (ROC) and precision-recall curves.",
        caption=(
            f"{summary.split.capitalize()} split, n = {summary.size}. Each corner is a threshold. "
            "Thin dashed lines: a model that knows nothing, whose precision is the share of "
            f"positives, {number(prevalence, 2)}."
        ),
        panels=(
            _panel("fpr-tpr", _ROC, roc, summary.models, chance=(0, 1)),
            _panel(
                "recall-precision",
                _PRECISION_RECALL,
                precision_recall,
                summary.models,
                chance=(prevalence, prevalence),
            ),
        ),
    )


def class_curves(summary: Summary, scores: ScoresFile, roc: Mapping[str, pd.DataFrame]) -> Plate:
    """Draw the ROC curves of each class against the rest, of those with the most images."""
    counts = summary.n_by_class or {}
    shown = sorted(counts, key=lambda name: -counts[name])[:_MOST]
    left_out = (
        f" The {len(shown)} classes with the most images; the others are in plots/class_roc.csv."
        if len(shown) < len(counts)
        else ""
    )
    return Plate(
        key="curves",
        title="Receiver operating characteristic (ROC) of each class against the rest.",
        caption=(
            f"{summary.split.capitalize()} split, n = {summary.size}. Each corner is a threshold "
            "on the probability of the class. Thin dashed lines: a model that knows nothing. "
            f"Precision-recall curves are for binary tasks only.{left_out}"
        ),
        panels=tuple(
            _panel(
                f"class-roc-{index}",
                replace(_ROC, title=f"{name} against the rest"),
                {model: frame[frame["class"] == name] for model, frame in roc.items()},
                {model: found[name] for model, found in scores.classes.items()},
                chance=(0, 1),
            )
            for index, name in enumerate(counts)
            if name in shown
        ),
    )


def _panel(
    key: str,
    kind: _Kind,
    frames: Mapping[str, pd.DataFrame],
    metrics: Mapping[str, Metrics],
    *,
    chance: tuple[float, float],
) -> Panel:
    """Draw the curves of all models over each other, their areas in the legend."""
    styles = model_styles(metrics)
    with figure_style(key):
        figure, axes = new_axes(4.4, 4.2 + 0.13 * len(metrics))
        axes.plot((0, 1), chance, color=MUTED, lw=0.8, dashes=(4, 3))
        legend = []
        undefined = pd.DataFrame({kind.x: [], kind.y: []}, dtype=float)
        for name, found in metrics.items():
            legend.append(f"{styles[name].label}, {number(found.estimate(kind.metric).value)}")
            frame = frames.get(name, undefined)
            curve = pd.concat([frame.iloc[:1].assign(**{kind.x: 0.0}), frame])
            look = {**line(styles[name]), "drawstyle": kind.drawstyle, "label": legend[-1]}
            axes.plot(curve[kind.x], curve[kind.y], **look)
        axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), xlabel=kind.x_label, ylabel=kind.y_label)
        axes.set_aspect("equal")
        metric = METRICS[kind.metric].label
        figure.legend(loc="outside lower left", ncols=2, title=f"Model, {metric}", alignment="left")
        alt = f"{kind.title} of every model. {metric}: {'; '.join(legend)}."
        return Panel(kind.title, inline_svg(figure, key=key, alt=alt))
