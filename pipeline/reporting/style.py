"""How a model looks in every figure and table: one name, one colour, one dash, one marker.

The colours stay apart (at least 27 CIELAB units between any two of them) for normal sight and
under simulated protanopia, deuteranopia and tritanopia [1]_, and stand out from the page by 3:1
or more. Dashes and markers tell the models apart on a grey print.

References
----------
.. [1] Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color
   Vision Deficiency, IEEE TVCG 15(6), 2009.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from heads import HEADS, get_head
from pipeline.evaluation.wording import capitalised
from pipeline.finetuning.arms import ARMS, get_arm

INK = "#1b1e23"
MUTED = "#5b6470"
RULE = "#c9ced6"
PAPER = "#ffffff"

_COLOURS = ("#1d4ed8", "#009467", "#942897", "#a38a00", "#8b1208", "#2b3036")

# A figure is drawn in the colours above; on the page each becomes a variable of report.css,
# which holds its value on light, dark and printed pages.
VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    RULE: "--rule",
    PAPER: "--paper",
    **{colour: f"--model-{i}" for i, colour in enumerate(_COLOURS)},
}

# Text stays text: it can be selected and takes the font of the page. It is laid out by the metrics
# of the font that matplotlib brings, so the bytes do not depend on the fonts installed.
_SETTINGS = {
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.linewidth": 0.7,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "legend.handlelength": 4,
    "lines.linewidth": 1.6,
    "svg.fonttype": "none",
    "text.color": INK,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 8.5,
    "text.parse_math": False,
}

# colours, dashes and markers repeat after 6, 7 and 13 models, so that of 42 models no two have two
# of the three in common, and of 546 no two look the same
_DASHES = (
    (),
    (5, 1.6),
    (1.4, 1.4),
    (6, 1.6, 1.4, 1.6),
    (9, 2),
    (3, 1.2),
    (8, 1.4, 1.4, 1.4, 1.4, 1.4),
)
_MARKERS = ("o", "s", "^", "v", "P", "X", "<", ">", "p", "*", "h", "d", "8")


@dataclass(frozen=True)
class ModelStyle:
    """The look of one model.

    Attributes
    ----------
    label
        The model's name in words.
    colour
        Colour as in a figure, hexadecimal.
    dashes
        Lengths of strokes and gaps in line widths; empty for an unbroken line.
    marker
        matplotlib's name of the marker.
    """

    label: str
    colour: str
    dashes: tuple[float, ...]
    marker: str

    @property
    def variable(self) -> str:
        """The colour's variable in report.css."""
        return VARIABLES[self.colour]


def name_in_words(model: str) -> str:
    """Return a model's name as it stands inside a sentence: the label that it declares."""
    if model in ARMS:
        return get_arm(model).label
    return get_head(model).label if model in HEADS else model.replace("_", " ")


def label(model: str) -> str:
    """Return a model's name as it stands alone."""
    return capitalised(name_in_words(model))


def numbered_style(number: int, words: str = "") -> ModelStyle:
    """Return the look of the line or point of a number from 0 on."""
    return ModelStyle(
        words,
        _COLOURS[number % len(_COLOURS)],
        _DASHES[number % len(_DASHES)],
        _MARKERS[number % len(_MARKERS)],
    )


def model_styles(models: Iterable[str]) -> dict[str, ModelStyle]:
    """Give every model its look, in their order."""
    return {model: numbered_style(i, label(model)) for i, model in enumerate(models)}


def line(style: ModelStyle) -> dict[str, Any]:
    """Return how matplotlib draws a model's curve: its colour, its dashes, a few of its markers."""
    return {
        "color": style.colour,
        "dashes": style.dashes or (None, None),
        "marker": style.marker,
        "markevery": 0.25,
        "markersize": 5.5,
        "markeredgecolor": PAPER,
        "markeredgewidth": 0.4,
    }


@contextmanager
def figure_style(salt: str) -> Iterator[None]:
    """Draw with the report's settings; `salt` makes the identifiers inside the SVG repeatable."""
    with style.context(["default", {**_SETTINGS, "svg.hashsalt": salt}]):
        yield


def new_axes(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a transparent figure of `width` x `height` inches and its one pair of axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.patch.set_visible(False)
    axes = figure.add_subplot()
    axes.patch.set_visible(False)
    return figure, axes
