"""Figures as SVG inside the page: repeatable bytes, unique ids, colours that follow the page."""

import io
import re
from dataclasses import dataclass

from markupsafe import Markup, escape
from matplotlib.figure import Figure

from pipeline.reporting.style import VARIABLES

_POINTS_PER_INCH = 72
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_ATTRIBUTE = re.compile(r'\b(id|href)="(#?)([^"]+)"')


@dataclass(frozen=True)
class Panel:
    """One drawing of a plate.

    Attributes
    ----------
    title
        Short heading above the drawing.
    svg
        The drawing as markup that may go into HTML as it is.
    """

    title: str
    svg: Markup


@dataclass(frozen=True)
class Plate:
    """One numbered figure of the report.

    Attributes
    ----------
    key
        Name used in links and identifiers.
    title
        What is shown, as a short sentence.
    caption
        How to read it, and on how many cases it rests.
    panels
        The drawings, side by side where there is room.
    """

    key: str
    title: str
    caption: str
    panels: tuple[Panel, ...]


def inline_svg(figure: Figure, *, key: str, alt: str) -> Markup:
    """Return a figure as an SVG element for an HTML page.

    Parameters
    ----------
    figure
        Drawn in the colours of :mod:`pipeline.reporting.style`.
    key
        Name that no other drawing of the page has; it begins every id inside.
    alt
        What the drawing shows, for those who cannot see it.

    Returns
    -------
    Markup
        The same bytes for the same drawing: no date, no random ids. It has a view box and no
        size of its own, so it fits the width it is given.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata=_NO_METADATA)
    drawing = buffer.getvalue()
    body = drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")]
    body = body.replace("xlink:href=", "href=").replace("url(#", f"url(#{key}-")
    body = _ATTRIBUTE.sub(rf'\1="\2{key}-\3"', body)
    for colour, variable in VARIABLES.items():
        body = body.replace(colour, f"var({variable})")
    width, height = (side * _POINTS_PER_INCH for side in figure.get_size_inches())
    return Markup(  # noqa: S704 - matplotlib escapes text; the rest is made of numbers
        f'<svg role="img" aria-labelledby="{key}-alt" viewBox="0 0 {width:g} {height:g}" '
        f'style="--natural: {width:g}pt"><title id="{key}-alt">{escape(alt)}</title>{body}</svg>'
    )
