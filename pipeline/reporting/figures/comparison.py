"""Models side by side: AUC with its interval, and AUC against the seconds of training."""

from typing import Any

from markupsafe import Markup
from matplotlib.ticker import LogLocator

from pipeline.artifacts.cost import Cost
from pipeline.artifacts.summary import Summary
from pipeline.reporting.figures.forest import (
    WIDTH,
    ForestRow,
    auc_limits,
    drawn_value,
    ends,
    forest,
)
from pipeline.reporting.style import MUTED, PAPER, RULE, figure_style, model_styles, new_axes
from pipeline.reporting.svg import Panel, Plate, inline_svg
from pipeline.reporting.text import percent, seconds, with_interval


def comparison(summary: Summary, costs: dict[str, Cost]) -> Plate:
    """Draw the AUC of every model with its interval, alone and against its seconds."""
    level = percent(summary.confidence)
    return Plate(
        key="comparison",
        title=f"{summary.auc_heading} of every model, and the seconds of its training.",
        caption=(
            f"Points: {summary.auc} on the {summary.split} split (n = {summary.n} "
            f"images of {summary.n_patients} patients, {summary.counts}). Bars: {level} "
            "intervals over patients; bars that overlap do not show that two models are equal. "
            "Seconds: of training with its search, apart from start-up, on one machine; of a head "
            "with the embeddings that it uses."
        ),
        panels=(
            Panel(f"{summary.auc_heading} with {level} interval", _forest(summary)),
            Panel(f"{summary.auc_heading} against seconds", _against_cost(summary, costs)),
        ),
    )


def _forest(summary: Summary) -> Markup:
    """Draw one line a model."""
    styles = model_styles(summary.models)
    rows = []
    for name, found in summary.models.items():
        best = name == summary.best_head
        words = f"{styles[name].label}{' (best head)' if best else ''}"
        rows.append(ForestRow(words, found.auc, styles[name], bold=best))
    shown = "; ".join(f"{row.style.label} {with_interval(row.estimate)}" for row in rows)
    auc = summary.auc_heading
    return forest(rows, key="forest", x_label=auc, alt=f"Forest plot of {auc}. {shown}.")


def _against_cost(summary: Summary, costs: dict[str, Cost]) -> Markup:
    """Draw AUC over seconds, which are on a logarithmic scale."""
    styles = model_styles(summary.models)
    spent = {name: value for name in summary.models if (value := costs[name].to_train.seconds)}
    with figure_style("cost"):
        figure, axes = new_axes(WIDTH, _height(summary))
        for name, value in spent.items():
            model, style = summary.models[name], styles[name]
            axes.vlines(value, *ends(model.auc), color=style.colour, lw=1.4, alpha=0.7)
            axes.plot(
                value,
                drawn_value(model.auc),
                color=style.colour,
                label=style.label,
                **_point(style.marker),
            )
        axes.set_xscale("log")
        if spent:
            axes.set_xlim(min(spent.values()) / 2.5, max(spent.values()) * 2.5)
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
        axes.xaxis.set_minor_formatter(lambda *_: "")
        axes.set_ylim(*auc_limits(found.auc for found in summary.models.values()))
        axes.grid(color=RULE, lw=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel("Seconds of training and search (logarithmic scale)")
        axes.set_ylabel(summary.auc_heading)
        axes.tick_params(which="minor", color=MUTED)
        figure.legend(loc="outside lower center", ncols=2, handletextpad=0.2)
        shown = ", ".join(
            f"{styles[name].label} {seconds(value)} s" for name, value in spent.items()
        )
        return inline_svg(
            figure, key="cost", alt=f"{summary.auc_heading} against seconds. {shown}."
        )


def _height(summary: Summary) -> float:
    """Return inches for one row a model."""
    return 0.55 * len(summary.models) + 0.7


def _point(marker: str) -> dict[str, Any]:
    """Return how the point of a model is drawn, set off from its line by a rim."""
    return {"marker": marker, "ms": 7.5, "mec": PAPER, "mew": 1, "ls": "none", "zorder": 3}
