"""ROC curves of each class against the rest, one panel a class, all models in one drawing."""

from collections.abc import Mapping

import pandas as pd

from pipeline.reporting.evidence import Summary
from pipeline.reporting.findings import ClassScores
from pipeline.reporting.style import MUTED, figure_style, model_styles, new_axes
from pipeline.reporting.svg import Panel, Plate, inline_svg
from pipeline.reporting.text import number

_MOST = 12  # panels


def class_curves(summary: Summary, scores: ClassScores, roc: Mapping[str, pd.DataFrame]) -> Plate:
    """Draw the ROC curves of the classes with the most images, _MOST at most."""
    counts = summary.n_by_class or {}
    shown = sorted(counts, key=lambda name: -counts[name])[:_MOST]
    left_out = (
        f" The {len(shown)} classes with the most images; the others are in plots/class_roc_*.csv."
        if len(shown) < len(counts)
        else ""
    )
    return Plate(
        key="curves",
        title="Receiver operating characteristic (ROC) of each class against the rest.",
        caption=(
            f"{summary.split.capitalize()} split, n = {summary.n} images of {summary.n_patients} "
            f"patients, {summary.counts}. Each corner is a threshold on the probability of the "
            "class. Thin dashed lines: a model that knows nothing. Precision-recall curves are "
            f"shown for two classes only.{left_out}"
        ),
        panels=tuple(
            _panel(summary, scores, roc, name, index)
            for index, name in enumerate(counts)
            if name in shown
        ),
    )


def _panel(
    summary: Summary,
    scores: ClassScores,
    roc: Mapping[str, pd.DataFrame],
    class_name: str,
    index: int,
) -> Panel:
    """Draw the curves of all models of one class over each other, their areas in the legend."""
    styles = model_styles(summary.models)
    key = f"class-roc-{index}"
    with figure_style(key):
        figure, axes = new_axes(3.6, 4.5)
        axes.plot((0, 1), (0, 1), color=MUTED, lw=0.8, dashes=(4, 3))
        said = []
        for name, frame in roc.items():
            style = styles[name]
            named = f"{style.label}, {number(scores.models[name][class_name].auc.value)}"
            said.append(named)
            curve = frame[frame["class"] == class_name]
            axes.plot(
                curve["fpr"],
                curve["tpr"],
                color=style.colour,
                dashes=style.dashes or (None, None),
                label=named,
            )
        axes.set(
            xlim=(-0.01, 1.01),
            ylim=(-0.01, 1.01),
            xlabel="False-positive rate",
            ylabel="True-positive rate",
        )
        axes.set_aspect("equal")
        figure.legend(loc="outside lower left", ncols=1, title="Model, AUC", alignment="left")
        alt = f"ROC curves of {class_name} against the rest. AUC: {'; '.join(said)}."
        return Panel(f"{class_name} against the rest", inline_svg(figure, key=key, alt=alt))
