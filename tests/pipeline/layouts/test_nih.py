from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.artifacts.quarantine import UnusableFilesError
from pipeline.layouts import list_cases
from radbank.errors import RadbankError

# the header of 2017, whose last name is empty
HEAD = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],\n"
)
ROWS = {
    "00000001_000.png": "Cardiomegaly,0,1,058Y,M,PA,2682,2749,0.143,0.143,",
    "00000001_001.png": "Cardiomegaly|Pneumonia,1,1,58,M,PA,2894,2729,0.143,0.143,",
    "00000002_000.png": "No Finding,0,2,81,F,AP,2500,2048,0.171,0.171,",
    "00000003_000.png": "Pneumonia|Effusion,0,3,414,F,PA,2500,2048,0.171,0.171,",
}


def lay_out(root, rows=ROWS, folder="images"):
    (root / folder).mkdir(parents=True, exist_ok=True)
    for name in ROWS:
        (root / folder / name).touch()
    lines = "".join(f"{name},{rest}\n" for name, rest in rows.items())
    (root / "Data_Entry_2017.csv").write_text(HEAD + lines)
    return root


def test_findings_become_one_against_the_rest(tmp_path):
    listing = list_cases("nih", lay_out(tmp_path), "Pneumonia")
    assert listing.classes == ("not Pneumonia", "Pneumonia")
    assert listing.rejected == []
    assert [entry.label for entry in listing.entries] == [0, 1, 0, 1]
    assert [entry.group for entry in listing.entries] == ["1", "1", "2", "3"]
    first, second, _, last = listing.entries
    assert (first.id, first.path) == ("00000001_000", "images/00000001_000.png")
    assert (first.sex, first.age, first.view) == ("M", 58.0, "PA")
    assert second.findings == ["Cardiomegaly", "Pneumonia"]
    assert second.finding == "Cardiomegaly|Pneumonia"
    assert last.age is None  # 414 years
    assert {entry.official_split for entry in listing.entries} == {None}


def test_the_official_lists_and_numbered_folders(tmp_path):
    lay_out(tmp_path, folder="images_002/images")
    (tmp_path / "train_val_list.txt").write_text("00000001_000.png\n00000001_001.png\r\n")
    (tmp_path / "test_list.txt").write_text("00000002_000.png\n00000003_000.png")
    listing = list_cases("nih", tmp_path, "Pneumonia")
    assert [entry.official_split for entry in listing.entries] == ["train", "train", "test", "test"]
    assert listing.entries[0].path == "images_002/images/00000001_000.png"


def test_what_lacks_a_file_a_row_or_a_finding_is_set_aside(tmp_path):
    rows = {**ROWS, "00000009_000.png": "Mass,0,9,50,F,PA,1,1,1,1,"}
    rows["00000001_000.png"] = ",0,1,58,M,PA,1,1,1,1,"
    lay_out(tmp_path, rows)
    (tmp_path / "images/new.png").touch()
    listing = list_cases("nih", tmp_path, "Pneumonia")
    assert len(listing.entries) == 3
    assert {item.path: item.reason for item in listing.rejected} == {
        "00000009_000.png": "Data_Entry_2017.csv names it but there is no file",
        "images/00000001_000.png": "Data_Entry_2017.csv gives it no finding",
        "images/new.png": "it has no row in Data_Entry_2017.csv",
    }


def test_images_without_a_patient_are_counted(tmp_path):
    rows = {**ROWS, "00000002_000.png": "No Finding,0,NA,81,F,AP,1,1,1,1,"}
    listing = list_cases("nih", lay_out(tmp_path, rows), "Pneumonia")
    assert [entry.group for entry in listing.entries] == ["1", "1", "00000002_000", "3"]
    assert listing.cautions[0].startswith("Data_Entry_2017.csv names no patient for 1 of 4 images")


def test_images_saved_anew_are_found_by_their_name(tmp_path):
    lay_out(tmp_path)
    for name, ending in zip(ROWS, (".PNG", ".dcm", ".Png", ""), strict=True):
        path = tmp_path / "images" / name
        path.rename(path.with_suffix(ending))
    (tmp_path / "images/._00000001_000.PNG").touch()
    (tmp_path / "images/Thumbs.db").touch()
    listing = list_cases("nih", tmp_path, "Pneumonia")
    assert [entry.id for entry in listing.entries] == [name.removesuffix(".png") for name in ROWS]
    assert listing.entries[1].path == "images/00000001_001.dcm"
    assert listing.rejected == []
    assert [item.path for item in listing.passed_over] == ["images/Thumbs.db"]


def test_no_file_of_the_table_is_the_first_cause(tmp_path):
    lay_out(tmp_path)
    for name in ROWS:
        (tmp_path / "images" / name).rename(tmp_path / "images" / f"new_{name}")
    with pytest.raises(UnusableFilesError, match=r"4 of 4 files that Data_Entry") as caught:
        list_cases("nih", tmp_path, "Pneumonia")
    assert len(caught.value.rejected) == 8


def spoil(root, name, content):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "positive", "message"),
    [
        ("other.csv", b"", None, "set data.positive to the one .*Cardiomegaly, Effusion, No F"),
        ("other.csv", b"", "Pneumothorax", "'Pneumothorax', which is no label"),
        ("Data_Entry_2017.csv", b"Image Index,Finding Labels\n", "Mass", "no column Patient ID"),
        ("Data_Entry_2017.csv", b"", "Mass", "is empty"),
        ("Data_Entry_2017_v2020.csv", b"", "Mass", "needs one Data_Entry_2017.*found Data_Entry"),
        ("images_001/00000002_000.png", b"", "Pneumonia", "Two files below images. have one name"),
        ("test_list.txt", b"\xff\xfe\xff", "Pneumonia", "cannot be read as text"),
    ],
)
def test_layouts_that_do_not_do(tmp_path, name, content, positive, message):
    spoil(lay_out(tmp_path), name, content)
    with pytest.raises(RadbankError, match=message):
        list_cases("nih", tmp_path, positive)


def test_an_image_in_both_lists_or_in_two_rows(tmp_path):
    lay_out(tmp_path)
    for name in ("train_val_list.txt", "test_list.txt"):
        (tmp_path / name).write_text("00000002_000.png\n")
    with pytest.raises(RadbankError, match="1 images are in train_val_list"):
        list_cases("nih", tmp_path, "Pneumonia")
    table = tmp_path / "Data_Entry_2017.csv"
    table.write_text(table.read_text() + "00000002_000.png,Mass,0,2,81,F,AP,1,1,1,1,\n")
    with pytest.raises(RadbankError, match="another row above for the image of row 5"):
        list_cases("nih", tmp_path, "Pneumonia")


def test_no_table_and_no_images(tmp_path):
    with pytest.raises(RadbankError, match="found none"):
        list_cases("nih", tmp_path, "Mass")
    (tmp_path / "Data_Entry_2017.csv").write_text(HEAD)
    with pytest.raises(RadbankError, match="no folder images"):
        list_cases("nih", tmp_path, "Mass")


@given(st.binary(max_size=300), st.booleans())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bytes_below_the_header_list_or_give_one_sentence(tmp_path, content, header):
    lay_out(tmp_path)
    lines = HEAD.encode() if header else b""
    (tmp_path / "Data_Entry_2017.csv").write_bytes(lines + content)
    with suppress(RadbankError):
        listing = list_cases("nih", tmp_path, "Pneumonia")
        assert all(entry.path.startswith("images/") for entry in listing.entries)
