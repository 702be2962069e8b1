"""Models side by side: AUC with its interval, and AUC against what it cost."""

import math
from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes

from pipeline.artifacts.cost import Cost
from pipeline.artifacts.results import Estimate
from pipeline.artifacts.summary import Summary
from pipeline.reporting.style import MUTED, PAPER, RULE, figure_style, model_styles, new_axes
from pipeline.reporting.svg import Panel, Plate, inline_svg
from pipeline.reporting.text import percent, seconds, total_seconds, with_interval

_WIDTH = 4.4  # inches


def comparison(summary: Summary, costs: dict[str, Cost]) -> Plate:
    """Draw the AUC of every model with its interval, alone and against its cost."""
    level = percent(summary.confidence)
    return Plate(
        key="comparison",
        title=f"{summary.auc_heading} of every model, and what it cost.",
        caption=(
            f"Points: {summary.auc} on the {summary.split} split (n = {summary.n} "
            f"images of {summary.n_patients} patients, {summary.counts}). Bars: {level} "
            "intervals over patients; bars that overlap do not show that two models are equal. "
            "Cost: wall-clock seconds on one machine; of a head, embedding all images and then "
            "training it."
        ),
        panels=(
            Panel(f"{summary.auc_heading} with {level} interval", _forest(summary)),
            Panel(f"{summary.auc_heading} against cost", _against_cost(summary, costs)),
        ),
    )


def _forest(summary: Summary) -> Markup:
    """Draw one line a model, its name and numbers above it."""
    styles = model_styles(summary.models)
    with figure_style("forest"):
        figure, axes = new_axes(_WIDTH, _height(summary))
        shown = []
        for row, (name, model) in enumerate(summary.models.items()):
            style, numbers = styles[name], with_interval(model.auc)
            shown.append(f"{style.label} {numbers}")
            best = name == summary.best_head
            _write(axes, 0, -row, f"{style.label}{' (best head)' if best else ''}", bold=best)
            _write(axes, 1, -row, numbers, ha="right")
            axes.hlines(-row, *_ends(model.auc), color=style.colour, lw=2)
            axes.plot(_value(model.auc), -row, color=style.colour, **_point(style.marker))
        axes.set_xlim(*_auc_limits(summary))
        axes.set_ylim(0.6 - len(styles), 0.6)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", color=RULE, lw=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel(summary.auc_heading)
        return inline_svg(
            figure, key="forest", alt=f"Forest plot of {summary.auc_heading}. {'; '.join(shown)}."
        )


def _against_cost(summary: Summary, costs: dict[str, Cost]) -> Markup:
    """Draw AUC over seconds, which are on a logarithmic scale."""
    styles = model_styles(summary.models)
    spent = {name: total_seconds(costs, name) for name in summary.models}
    with figure_style("cost"):
        figure, axes = new_axes(_WIDTH, _height(summary))
        for name, model in summary.models.items():
            style = styles[name]
            axes.vlines(spent[name], *_ends(model.auc), color=style.colour, lw=1.4, alpha=0.7)
            axes.plot(
                spent[name],
                _value(model.auc),
                color=style.colour,
                label=style.label,
                **_point(style.marker),
            )
        axes.set_xscale("log")
        axes.set_xlim(min(spent.values()) / 2.5, max(spent.values()) * 2.5)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_formatter(lambda *_: "")
        axes.set_ylim(*_auc_limits(summary))
        axes.grid(color=RULE, lw=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel("Seconds (logarithmic scale)")
        axes.set_ylabel(summary.auc_heading)
        axes.tick_params(which="minor", color=MUTED)
        figure.legend(loc="outside lower center", ncols=3, handletextpad=0.2)
        shown = ", ".join(f"{styles[name].label} {seconds(cost)} s" for name, cost in spent.items())
        return inline_svg(figure, key="cost", alt=f"{summary.auc_heading} against cost. {shown}.")


def _height(summary: Summary) -> float:
    """Return inches for one row a model."""
    return 0.62 * len(summary.models) + 0.7


def _write(
    axes: Axes, x: float, y: float, words: str, *, ha: str = "left", bold: bool = False
) -> None:
    """Write just above y, at a share x of the width, on a patch that hides the grid."""
    axes.annotate(
        words,
        (x, y),
        xycoords=("axes fraction", "data"),
        xytext=(0, 9),
        textcoords="offset points",
        va="center",
        ha=ha,
        weight="bold" if bold else "normal",
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5},
    )


def _point(marker: str) -> dict[str, Any]:
    """Return how the point of a model is drawn, set off from its line by a rim."""
    return {"marker": marker, "ms": 7.5, "mec": PAPER, "mew": 1, "ls": "none", "zorder": 3}


def _value(estimate: Estimate) -> float:
    return math.nan if estimate.value is None else estimate.value


def _ends(estimate: Estimate) -> tuple[float, float]:
    if estimate.low is None or estimate.high is None:
        return math.nan, math.nan
    return estimate.low, estimate.high


def _auc_limits(summary: Summary) -> tuple[float, float]:
    """Return the ends of an AUC axis that holds every interval and begins at a multiple of 0.1."""
    lows = (
        low
        for model in summary.models.values()
        for low in (model.auc.value, model.auc.low)
        if low is not None
    )
    return math.floor(10 * min(lows, default=0.5) - 0.2) / 10, 1.005
