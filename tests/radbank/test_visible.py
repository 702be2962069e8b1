import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radbank.visible import has_hidden, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("a\rb\x00", "a\\rb\\x00"),
        ("\x9b31m", "\\x9b31m"),
        ("gnp.\u202eexe", "gnp.\\u202eexe"),
        ("\udcff.png", "\\udcff.png"),
        ("Röntgen\tstudy\n[1]", "Röntgen\tstudy\n[1]"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text, shown):
    assert visible(text) == shown


@given(st.text())
def test_no_control_character_is_left(text):
    shown = visible(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\t\n"]
    assert visible(shown) == shown
    assert has_hidden(text) or shown == text
