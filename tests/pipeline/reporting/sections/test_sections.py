"""Every section of the page is declared once."""

from importlib import resources

from pipeline.reporting.section import Section
from pipeline.reporting.sections import SECTIONS


def test_every_section_has_a_title_and_a_template() -> None:
    templates = resources.files("pipeline.reporting").joinpath("templates/sections").iterdir()
    assert {path.name.removesuffix(".html.j2") for path in templates} == set(SECTIONS)
    for section in SECTIONS.values():
        assert isinstance(section, Section)
        assert section.title
