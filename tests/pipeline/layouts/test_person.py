import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.imaging.header import VIEWS
from pipeline.layouts.person import age_of, sex_of, view_of


@pytest.mark.parametrize(
    ("text", "age"),
    [("62", 62.0), (" 62.5 ", 62.5), ("058Y", 58.0), ("006M", 0.5), ("0", 0.0), ("120", 120.0),
     ("414", None), ("-3", None), ("nan", None), ("inf", None), ("1e2", 100.0), ("", None)],
)  # fmt: skip
def test_ages(text, age):
    assert age_of(text) == age


def test_sex_and_view_are_of_a_closed_list():
    assert [sex_of(text) for text in ("F", "male", " m ", "O", "", "Jane Doe")] == [
        "F", "M", "M", None, None, None,
    ]  # fmt: skip
    assert [view_of(text) for text in ("pa", "AP ", "Jane Doe", "")] == ["PA", "AP", None, None]


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_gives_a_value_of_the_list_or_none(text):
    assert sex_of(text) in {"F", "M", None}
    assert view_of(text) in {*VIEWS, None}
    age = age_of(text)
    assert age is None or 0 <= age <= 120
