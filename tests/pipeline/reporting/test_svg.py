"""Drawings inside a page: the same bytes, ids of their own, text that cannot become markup."""

import re
from xml.etree import ElementTree as ET

from pipeline.reporting.style import INK, figure_style, new_axes
from pipeline.reporting.svg import inline_svg


def draw(key: str, words: str = "words", alt: str = "alt") -> str:
    with figure_style(key):
        figure, axes = new_axes(3, 2)
        axes.plot([0, 1], [0, 1], color=INK, marker="o")
        axes.set_title(words)
        return inline_svg(figure, key=key, alt=alt)


def test_same_drawing_same_bytes() -> None:
    assert draw("one") == draw("one")


def test_ids_differ_between_drawings_and_references_stay_inside() -> None:
    one, two = draw("one"), draw("two")
    ids = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (one, two)]
    assert not ids[0] & ids[1]
    assert set(re.findall(r"(?:#)([a-z]+-[^\")]+)", one)) <= ids[0]


def test_colours_are_those_of_the_page() -> None:
    svg = draw("one")
    assert "var(--ink)" in svg
    assert INK not in svg


def test_fits_any_width() -> None:
    root = ET.fromstring(draw("one"))
    assert root.attrib["viewBox"] == "0 0 216 144"
    assert "width" not in root.attrib


def test_text_is_text_and_stays_so() -> None:
    svg = draw("one", words="<b>a & $b_1$</b>", alt='<i>"alt"</i>')
    root = ET.fromstring(svg)
    assert "<b>a & $b_1$</b>" in [node.text for node in root.iter("text")]
    assert root.find("title").text == '<i>"alt"</i>'


def test_says_nothing_of_when_and_with_what_it_was_made() -> None:
    assert "<metadata" not in draw("one")
