"""The AUC by subgroup as a forest plot, one panel a model."""

import math

from markupsafe import Markup

from pipeline.artifacts.results import SubgroupMetrics, SubgroupsFile
from pipeline.artifacts.summary import Summary
from pipeline.reporting.style import (
    MUTED,
    PAPER,
    RULE,
    ModelStyle,
    figure_style,
    model_styles,
    new_axes,
)
from pipeline.reporting.svg import Panel, Plate, inline_svg
from pipeline.reporting.text import percent, with_interval

_WIDTH = 4.4  # inches
_ROW = 0.42
_LACKING = {True: "of one class", False: "that lack a class"}


def subgroup_forest(summary: Summary, subgroups: SubgroupsFile, models: list[str]) -> Plate | None:
    """Draw each subgroup's AUC with its interval; None where no subgroup has one."""
    drawn = [
        group
        for group in subgroups.groups
        if any(group.models[model].auc.value is not None for model in models)
    ]
    if not drawn:
        return None
    styles = model_styles(summary.models)
    return Plate(
        key="subgroups",
        title=f"{summary.auc_heading} by subgroup.",
        caption=(
            f"Points: {summary.auc} on the {summary.split} split; bars: "
            f"{percent(summary.confidence)} intervals over patients; dashed line: all cases. A "
            f"hollow point marks a subgroup of fewer than {subgroups.minimum_patients} patients, "
            f"too small to be read. Subgroups {_LACKING[summary.binary]} have no AUC and are "
            "only in the table. Many subgroups were looked at: some differ by chance."
        ),
        panels=tuple(
            Panel(
                styles[model].label,
                _forest(drawn, model, styles[model], summary),
            )
            for model in models
        ),
    )


def _forest(
    groups: list[SubgroupMetrics], model: str, style: ModelStyle, summary: Summary
) -> Markup:
    key, whole = f"subgroups-{model}", summary.models[model].auc
    with figure_style(key):
        figure, axes = new_axes(_WIDTH, _ROW * len(groups) + 0.7)
        listed = []
        for row, group in enumerate(groups):
            auc = group.models[model].auc
            name = f"{group.column}: {group.value}"
            listed.append(f"{name} {with_interval(auc)}, {group.n_patients} patients")
            for x, words, side in ((0, f"{name} (n = {group.n})", "left"), (1, "", "right")):
                axes.annotate(
                    words or with_interval(auc),
                    (x, -row),
                    xycoords=("axes fraction", "data"),
                    xytext=(0, 8),
                    textcoords="offset points",
                    va="center",
                    ha=side,
                    fontsize=8,
                    bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1},
                )
            if auc.low is not None and auc.high is not None:
                axes.hlines(-row, auc.low, auc.high, color=style.colour, lw=1.8)
            axes.plot(
                math.nan if auc.value is None else auc.value,
                -row,
                marker=style.marker,
                color=style.colour,
                mfc=PAPER if group.too_small else style.colour,
                ms=6,
                ls="none",
                zorder=3,
            )
        if whole.value is not None:
            axes.axvline(whole.value, color=MUTED, lw=0.9, dashes=(4, 3))
        lows = [
            low
            for group in groups
            for auc in [group.models[model].auc]
            for low in (auc.low, auc.value)
            if low is not None
        ]
        axes.set_xlim(math.floor(10 * min(lows, default=0.5) - 0.2) / 10, 1.01)
        axes.set_ylim(0.6 - len(groups), 0.7)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", color=RULE, lw=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel(summary.auc_heading)
        alt = f"{summary.auc_heading} of {style.label} by subgroup: {'; '.join(listed)}."
        return inline_svg(figure, key=key, alt=alt)
