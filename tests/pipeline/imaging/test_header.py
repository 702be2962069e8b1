import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, config
from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag

from pipeline.imaging.header import (
    VIEWS,
    Header,
    parse_age,
    parse_sex,
    parse_view,
    read_header,
    read_text,
)
from pipeline.imaging.read import read_image


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("62", 62),
        ("062Y", 62),
        ("62y ", 62),
        ("008M", 8 / 12),
        ("003W", 21 / 365.25),
        ("010D", 10 / 365.25),
        ("0", 0),
        ("151", None),
        ("", None),
        ("-5", None),
        (" 62.5 ", 62.5),
        ("62,5", 62.5),
        ("62 Y", 62),
        ("0062Y", 62),
        ("120", 120),
        ("414", None),
        ("nan", None),
        ("inf", None),
        ("62yrs", None),
        ("unknown", None),
        ("\u0666\u0662", None),
    ],
)
def test_ages(text, years):
    assert parse_age(text) == (None if years is None else pytest.approx(years))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=6))
def test_any_text_gives_a_value_of_the_list_or_none(text):
    age = parse_age(text)
    assert age is None or 0 <= age <= 120
    assert parse_sex(text) in {"F", "M", None}
    assert parse_view(text) in {*VIEWS, None}


def test_sex_and_view_are_of_a_closed_list():
    assert [parse_sex(text) for text in ("F", "male", " m ", "O", "", "Jane Doe")] == [
        "F", "M", "M", None, None, None,
    ]  # fmt: skip
    views = [parse_view(text) for text in ("pa", "AP ", "Jane Doe", "")]
    assert views == ["PA", "AP", None, None]


@pytest.mark.parametrize(
    ("written", "sex"), [("Female", "F"), ("MALE", "M"), ("m ", "M"), ("O", None)]
)
def test_a_header_is_read_as_a_table_is(written, sex):
    dataset = Dataset()
    with config.disable_value_validation():
        dataset.PatientSex, dataset.PatientAge = written, "62.5"
    header = read_header(dataset)
    assert (header.sex, header.age) == (sex, 62.5)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 120))
def test_years_round_trip(years):
    assert parse_age(f"{years:03d}Y") == parse_age(str(years)) == years


def test_only_the_allow_list_leaves(write_dicom, textured):
    path = write_dicom(
        textured,
        PatientName="Doe^Jane",
        PatientBirthDate="19700101",
        PatientSex="F",
        PatientAge="052Y",
        ViewPosition="PA",
        Modality="DX",
        SyntheticData="YES",
    )
    header = read_image(path).header
    assert header == Header(sex="F", age=52, view="PA", modality="DX", synthetic=True)


def test_free_text_in_coded_fields_stays_in_the_file():
    dataset = Dataset()
    for keyword in ("PatientSex", "ViewPosition", "Modality"):
        dataset.add_new(keyword, "LO", "Jane Doe, born 1970")
    assert read_header(dataset) == Header()


def test_an_empty_value_of_an_unknown_kind_is_passed_over(write_dicom, textured):
    path = write_dicom(textured, PatientSex="", PatientAge="052Y")
    content = path.read_bytes()
    assert content.count(b"\x10\0\x40\0CS\0\0") == 1
    path.write_bytes(content.replace(b"\x10\0\x40\0CS\0\0", b"\x10\0\x40\0GS\0\0"))
    header = read_image(path).header
    assert (header.sex, header.age) == (None, 52)


@pytest.mark.parametrize(
    ("stored", "text"),
    [(b"pa", "PA"), (b"AP \0", "AP"), (b" PA ", "PA"), (b"PA\\LL", "PA"), (b"", ""), (None, "")],
)
def test_a_text_is_the_first_value_in_capitals(stored, text):
    tag = BaseTag(0x00185101)
    element = RawDataElement(tag, "CS", len(stored or b""), stored, 0, False, True)
    assert read_text(Dataset({tag: element}), "ViewPosition") == text


def test_a_missing_text_and_one_of_an_unknown_kind_are_empty():
    tag = BaseTag(0x00185101)
    damaged = Dataset({tag: RawDataElement(tag, "GS", 2, b"PA", 0, False, True)})
    assert read_text(damaged, "ViewPosition") == read_text(Dataset(), "ViewPosition") == ""
