"""Calibration curves: observed against predicted probability, one panel a model."""

import numpy as np
import pandas as pd
from markupsafe import Markup

from pipeline.artifacts.summary import Summary
from pipeline.reporting.style import MUTED, PAPER, ModelStyle, figure_style, model_styles, new_axes
from pipeline.reporting.svg import Panel, Plate, inline_svg
from pipeline.reporting.text import number, percent


def calibration(summary: Summary, bins: dict[str, pd.DataFrame]) -> Plate:
    """Draw observed against predicted risk, one panel a model."""
    styles = model_styles(summary.models)
    return Plate(
        key="calibration",
        title="Calibration.",
        caption=(
            f"{_WHAT[summary.binary]}, in bins of equal counts (n = {summary.n} images; the "
            "area of a point follows the number in its bin). "
            f"Bars: {percent(summary.confidence)} Wilson intervals, which take images as "
            "independent and are a little narrow where patients have several. On the thin dashed "
            f"line, predicted and observed agree.{_no_risks(bins, styles)}"
        ),
        panels=tuple(
            Panel(
                f"{styles[name].label}, Brier {_brier(summary, name)}",
                _panel(frame.dropna(), styles[name], f"calibration-{name}"),
            )
            for name, frame in bins.items()
        ),
    )


_ALIKE = 0.1  # a range of bins below which probabilities cannot be risks
_WHAT = {
    True: "Observed share of positives against mean predicted probability",
    False: "Share of correct predictions against the mean probability of the predicted class",
}


def _no_risks(bins: dict[str, pd.DataFrame], styles: dict[str, ModelStyle]) -> str:
    """Name the models whose probabilities are all alike; empty without any."""
    alike = [
        styles[name].label
        for name, frame in bins.items()
        if len(frame.dropna()) > 1 and np.ptp(frame["predicted"].dropna()) < _ALIKE
    ]
    if not alike:
        return ""
    return (
        f" All probabilities of {' and '.join(alike)} lie within {_ALIKE:g} of one another: they "
        "rank images, but are no risks."
    )


def _brier(summary: Summary, name: str) -> str:
    return number(summary.models[name].estimate("brier").value)


def _panel(bins: pd.DataFrame, style: ModelStyle, key: str) -> Markup:
    with figure_style(key):
        figure, axes = new_axes(3.1, 3.0)
        axes.plot((0, 1), (0, 1), color=MUTED, lw=0.8, dashes=(4, 3))
        axes.vlines(bins["predicted"], bins["low"], bins["high"], color=style.colour, lw=1.4)
        share = bins["n"] / max(bins["n"].sum(), 1)
        axes.scatter(
            bins["predicted"],
            bins["observed"],
            s=20 + 220 * share,
            color=style.colour,
            edgecolor=PAPER,
            marker=style.marker,
            linewidth=0.8,
            zorder=3,
        )
        axes.set(
            xlim=(-0.02, 1.02),
            ylim=(-0.02, 1.02),
            xlabel="Predicted probability",
            ylabel="Observed share",
        )
        axes.set_aspect("equal")
        points = ", ".join(
            f"{number(predicted, 2)} to {number(observed, 2)} (n = {n})"
            for predicted, observed, n in zip(
                bins["predicted"], bins["observed"], bins["n"], strict=True
            )
        )
        alt = f"Calibration of {style.label}, predicted to observed: {points or 'no bins'}."
        return inline_svg(figure, key=key, alt=alt)
