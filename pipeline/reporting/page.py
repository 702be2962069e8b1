"""The page: evidence in, one HTML text out."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from markupsafe import Markup

from pipeline.reporting.evidence import Evidence
from pipeline.reporting.sections import SECTIONS
from pipeline.reporting.svg import Plate
from pipeline.reporting.template import environment, style_sheet
from radbank import __version__


def render(evidence: Evidence) -> str:
    """Return the report as the text of one HTML file that needs no other file and no script."""
    templates = environment()
    common = {
        "version": __version__,
        "summary": evidence.summary,
        "task": evidence.task,
        "device": evidence.costs["extract"].device,
        "next_table": count(1).__next__,
    }
    numbers = count(1)
    sections = []
    for name, section in SECTIONS.items():
        context = _numbered(section.context(evidence), numbers)
        body = templates.get_template(f"sections/{name}.html.j2").render(**common, **context)
        sections.append({"key": name, "title": section.title, "body": Markup(body)})  # noqa: S704 - escaped as it was rendered
    return templates.get_template("report.html.j2").render(
        **common,
        style=style_sheet(),
        sections=sections,
    )


def _numbered(context: Mapping[str, Any], numbers: "count[int]") -> dict[str, Any]:
    """Give every figure its number on the page."""
    return {
        name: (next(numbers), value) if isinstance(value, Plate) else value
        for name, value in context.items()
    }
