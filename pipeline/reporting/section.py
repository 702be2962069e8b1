"""How a part of the page is declared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.reporting.evidence import Evidence


@dataclass(frozen=True)
class Section:
    """A part of the page; templates/sections/<name>.html.j2 is its body.

    Attributes
    ----------
    title
        Its heading.
    context
        Returns the variables of its template. Every :class:`pipeline.reporting.svg.Plate` among
        them is numbered as a figure, in their order.
    """

    title: str
    context: Callable[[Evidence], Mapping[str, Any]]
