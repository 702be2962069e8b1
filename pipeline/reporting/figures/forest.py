"""Forest plots: estimates with their intervals, one a row, on an axis of AUCs."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.artifacts.results import Estimate
from pipeline.reporting.style import MUTED, PAPER, RULE, ModelStyle, figure_style, new_axes
from pipeline.reporting.svg import inline_svg
from pipeline.reporting.text import with_interval

WIDTH = 4.4  # inches
_ROW = 0.55


@dataclass(frozen=True)
class ForestRow:
    """An estimate, its name and its look; `bold` and `hollow` set the name and the point apart."""

    words: str
    estimate: Estimate
    style: ModelStyle
    bold: bool = False
    hollow: bool = False


def forest(
    rows: Sequence[ForestRow], *, key: str, x_label: str, alt: str, whole: float | None = None
) -> Markup:
    """Draw a row an estimate, its name and numbers above it, and a dashed line at `whole`."""
    with figure_style(key):
        figure, axes = new_axes(WIDTH, _ROW * len(rows) + 0.7)
        for y, row in enumerate(rows):
            for x, words, side in (
                (0, row.words, "left"),
                (1, with_interval(row.estimate), "right"),
            ):
                axes.annotate(
                    words,
                    (x, -y),
                    xycoords=("axes fraction", "data"),
                    xytext=(0, 9),
                    textcoords="offset points",
                    va="center",
                    ha=side,
                    weight="bold" if row.bold and side == "left" else "normal",
                    bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5},
                )
            colour = row.style.colour
            axes.hlines(-y, *ends(row.estimate), color=colour, lw=2)
            axes.plot(
                drawn_value(row.estimate),
                -y,
                color=colour,
                marker=row.style.marker,
                mfc=PAPER if row.hollow else colour,
                mec=colour if row.hollow else PAPER,
                ms=7.5,
                ls="none",
                zorder=3,
            )
        if whole is not None:
            axes.axvline(whole, color=MUTED, lw=0.9, dashes=(4, 3))
        axes.set_xlim(*auc_limits(row.estimate for row in rows))
        axes.set_ylim(0.6 - len(rows), 0.7)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", color=RULE, lw=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel(x_label)
        return inline_svg(figure, key=key, alt=alt)


def drawn_value(estimate: Estimate) -> float:
    """Return the value, NaN where it is not defined."""
    return math.nan if estimate.value is None else estimate.value


def ends(estimate: Estimate) -> tuple[float, float]:
    """Return the ends of the interval, NaN where there is none."""
    if estimate.low is None or estimate.high is None:
        return math.nan, math.nan
    return estimate.low, estimate.high


def auc_limits(estimates: Iterable[Estimate]) -> tuple[float, float]:
    """Return the ends of an AUC axis that holds every interval and begins at a multiple of 0.1."""
    lows = [low for each in estimates for low in (each.value, each.low) if low is not None]
    return math.floor(10 * min(lows, default=0.5) - 0.2) / 10, 1.005
