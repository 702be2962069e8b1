from markupsafe import Markup

from pipeline.reporting.template import environment


def test_text_is_escaped_and_control_characters_are_shown():
    template = environment().from_string("{{ name }} {{ drawing }}")
    page = template.render(name="<b>\x1b[2J\u202egnp", drawing=Markup("<svg/>"))
    assert page == "&lt;b&gt;\\x1b[2J\\u202egnp <svg/>"
