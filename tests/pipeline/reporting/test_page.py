"""The drawings of the page, as those hear of them who cannot see them."""

import re
from html.parser import HTMLParser

from pipeline.reporting.evidence import Evidence
from pipeline.reporting.page import render
from pipeline.reporting.sections import SECTIONS
from pipeline.reporting.svg import Panel, Plate


class Drawings(HTMLParser):
    """Collects the figures of every section, and the role and the name of each drawing."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, list[tuple[str | None, str]]]] = {}
        self._texts: dict[str, str] = {}
        self._svgs: list[tuple[str, str, dict[str, str | None]]] = []
        self._section = self._figure = self._title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        name = attributes.get("id") or ""
        match tag:
            case "section":
                self._section = name
                self.found[name] = {}
            case "figure":
                self._figure = name
                self.found[self._section][name] = []
            case "svg":
                self._svgs.append((self._section, self._figure, attributes))
            case "title":
                self._title = name

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._title = ""
        elif tag == "figure":
            self._figure = ""

    def handle_data(self, data: str) -> None:
        if self._title:
            self._texts[self._title] = self._texts.get(self._title, "") + data

    def close(self) -> None:
        super().close()
        for section, figure, attributes in self._svgs:
            name = self._texts.get(attributes.get("aria-labelledby") or "", "")
            self.found[section][figure].append((attributes.get("role"), name.strip()))


def test_every_drawing_has_a_name_that_says_what_it_shows(evidence: Evidence) -> None:
    parser = Drawings()
    parser.feed(render(evidence))
    parser.close()
    assert list(parser.found) == list(SECTIONS)
    named: dict[str, str] = {}
    for name, section in SECTIONS.items():
        context = section.context(evidence).values()
        plates = {f"figure-{each.key}": each for each in context if isinstance(each, Plate)}
        assert set(parser.found[name]) == set(plates)
        for figure, drawings in parser.found[name].items():
            assert len(drawings) == len(plates[figure].panels) > 0
            for (role, said), panel in zip(drawings, plates[figure].panels, strict=True):
                assert role == "img"
                assert any(shown in said.lower() for shown in shown_words(panel)), said
                assert named.setdefault(said, figure) == figure
    assert named


def shown_words(panel: Panel) -> list[str]:
    """Return a drawing's heading and the words inside it, as the names of its axes."""
    inside = re.findall(r"<text[^>]*>([^<]*)</text>", panel.svg)
    named = [*panel.title.split(", "), *inside]
    return [text.lower() for text in named if re.search(r"[A-Za-z]{3}", text)]
