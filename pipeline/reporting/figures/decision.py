"""Decision curves: net benefit over the threshold probability, all models in one drawing."""

import pandas as pd

from pipeline.artifacts.summary import Summary
from pipeline.reporting.style import MUTED, figure_style, line, model_styles, new_axes
from pipeline.reporting.svg import Panel, Plate, inline_svg
from pipeline.reporting.text import number, percent

_LISTED_AT = (0.1, 0.3, 0.5)


def decision(summary: Summary, frames: dict[str, pd.DataFrame]) -> Plate:
    """Draw the net benefit of every model, of acting on all and of acting on none.

    Bands are intervals over patients.
    """
    styles = model_styles(summary.models)
    with figure_style("decision"):
        figure, axes = new_axes(6.4, 4.4)
        first = next(iter(frames.values()))
        axes.plot(first["threshold"], first["treat_all"], color=MUTED, lw=0.9, label="Act on all")
        axes.axhline(0, color=MUTED, lw=0.9, dashes=(4, 3), label="Act on none")
        listed = []
        for name, frame in frames.items():
            style = styles[name]
            axes.fill_between(
                frame["threshold"],
                frame["low"],
                frame["high"],
                color=style.colour,
                alpha=0.08,
                lw=0,
            )
            axes.plot(
                frame["threshold"],
                frame["net_benefit"],
                **line(style),
                label=style.label,
            )
            at = frame.set_index(frame["threshold"].round(2))["net_benefit"].reindex(_LISTED_AT)
            values = ", ".join(f"{number(v)} at {t}" for t, v in at.dropna().items())
            listed.append(f"{style.label} {values or 'not defined'}")
        top = max((summary.n_positive or 0) / max(summary.n, 1), 0.02)
        axes.set(
            xlim=(0, 1),
            ylim=(-0.35 * top, 1.08 * top),
            xlabel="Threshold probability",
            ylabel="Net benefit",
        )
        figure.legend(loc="outside lower left", ncols=3)
        alt = f"Decision curves. Net benefit: {'; '.join(listed)}."
        drawing = inline_svg(figure, key="decision-curves", alt=alt)
    return Plate(
        key="decision",
        title="Decision curves.",
        caption=(
            "Net benefit of acting where the probability reaches a threshold: true alarms less "
            "false ones, each weighed by the odds of the threshold, as a share of all images "
            f"(n = {summary.n}; Vickers and Elkin 2006). A model is of use where its curve is "
            f"above both thin lines. {_which(frames)} Bands: {percent(summary.confidence)} "
            "intervals over patients at each threshold alone, which take the recalibration as "
            "given; none where nobody is acted on. plots/decision.csv has them, and the curves of "
            "the probabilities as they are."
        ),
        panels=(Panel("Net benefit", drawing),),
    )


def _which(frames: dict[str, pd.DataFrame]) -> str:
    """Say which probabilities are drawn."""
    if all(frame["recalibrated"].all() for frame in frames.values()):
        return "Probabilities recalibrated on the validation split."
    return "Probabilities as they are: validation lacks a class, so none could be recalibrated."
