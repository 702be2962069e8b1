"""AUC against seconds: what each model gives, and what it costs."""

from collections.abc import Sequence

from markupsafe import Markup

from pipeline.leaderboard.board import Row
from pipeline.reporting.figures.forest import auc_limits, drawn_value, ends
from pipeline.reporting.style import (
    MUTED,
    PAPER,
    RULE,
    figure_style,
    name_in_words,
    new_axes,
    numbered_style,
)
from pipeline.reporting.svg import inline_svg
from pipeline.reporting.text import seconds, with_interval

SIZE = (8.8, 5.0)  # inches


def auc_against_seconds(rows: Sequence[Row], auc: str) -> Markup | None:
    """Draw each model's AUC and interval over its seconds of training, on a logarithmic scale.

    Parameters
    ----------
    rows
        Those without seconds or without an AUC are left out. A colour is a backbone, a marker a
        model; points of random weights are hollow.
    auc
        What the AUC is called.

    Returns
    -------
    Markup or None
        None where no row has seconds.
    """
    spent = {
        row: row.training_seconds
        for row in rows
        if row.training_seconds and row.auc.value is not None
    }
    if not spent:
        return None
    backbones = list(dict.fromkeys(row.backbone for row in spent))
    models = list(dict.fromkeys(row.model for row in spent))
    with figure_style("seconds"):
        figure, axes = new_axes(*SIZE)
        for row, x in spent.items():
            colour = numbered_style(backbones.index(row.backbone)).colour
            axes.vlines(x, *ends(row.auc), color=colour, lw=1.4, alpha=0.7)
            axes.plot(
                x,
                drawn_value(row.auc),
                color=colour,
                marker=numbered_style(models.index(row.model)).marker,
                mfc=PAPER if row.random_weights else colour,
                mec=colour if row.random_weights else PAPER,
                ms=7.5,
                ls="none",
                zorder=3,
            )
        for name in backbones:
            colour = numbered_style(backbones.index(name)).colour
            axes.plot([], [], color=colour, lw=4, label=name)
        for name in models:
            marker = numbered_style(models.index(name)).marker
            axes.plot([], [], color=MUTED, marker=marker, ls="none", label=name_in_words(name))
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_formatter(lambda *_: "")
        axes.set_ylim(*auc_limits(row.auc for row in spent))
        axes.grid(color=RULE, lw=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel("Seconds of training and search per 1,000 images (logarithmic scale)")
        axes.set_ylabel(auc)
        figure.legend(loc="outside lower center", ncols=4, handletextpad=0.4)
        shown = "; ".join(
            f"{name_in_words(row.model)} on {row.backbone}: {with_interval(row.auc)}, "
            f"{seconds(x)} s"
            for row, x in spent.items()
        )
        return inline_svg(figure, key="seconds", alt=f"{auc} against seconds. {shown}.")
