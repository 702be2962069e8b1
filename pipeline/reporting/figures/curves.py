"""ROC and precision-recall curves, all models in one drawing each."""

from dataclasses import dataclass

import pandas as pd

from pipeline.reporting.evidence import METRICS, Summary
from pipeline.reporting.style import MUTED, figure_style, model_styles, new_axes
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
    """Draw both curves of every model."""
    prevalence = (summary.n_positive or 0) / summary.n
    return Plate(
        key="curves",
        title="Receiver operating characteristic (ROC) and precision-recall curves.",
        caption=(
            f"{summary.split.capitalize()} split, n = {summary.n} images of {summary.n_patients} "
            f"patients, {summary.counts}. Each corner is a threshold. Thin dashed "
            "lines: a model that knows nothing, whose precision is the share of positives, "
            f"{number(prevalence, 2)}."
        ),
        panels=(
            _panel(summary, _ROC, roc, (0, 1)),
            _panel(summary, _PRECISION_RECALL, precision_recall, (prevalence, prevalence)),
        ),
    )


def _panel(
    summary: Summary, kind: _Kind, frames: dict[str, pd.DataFrame], chance: tuple[float, float]
) -> Panel:
    """Draw the curves of all models over each other, their areas in the legend."""
    styles = model_styles(summary.models)
    with figure_style(kind.metric):
        figure, axes = new_axes(4.4, 5.0)
        axes.plot((0, 1), chance, color=MUTED, lw=0.8, dashes=(4, 3))
        said = []
        for name, frame in frames.items():
            style = styles[name]
            named = f"{style.label}, {number(summary.models[name].estimate(kind.metric).value)}"
            said.append(named)
            curve = pd.concat([frame.iloc[:1].assign(**{kind.x: 0.0}), frame])
            axes.plot(
                curve[kind.x],
                curve[kind.y],
                color=style.colour,
                dashes=style.dashes or (None, None),
                drawstyle=kind.drawstyle,
                label=named,
            )
        axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), xlabel=kind.x_label, ylabel=kind.y_label)
        axes.set_aspect("equal")
        metric = METRICS[kind.metric]
        figure.legend(loc="outside lower left", ncols=2, title=f"Model, {metric}", alignment="left")
        alt = f"{kind.title} of every model. {metric}: {'; '.join(said)}."
        return Panel(kind.title, inline_svg(figure, key=f"{kind.x}-{kind.y}", alt=alt))
