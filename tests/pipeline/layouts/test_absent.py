import unicodedata

import pytest

from pipeline.layouts.absent import say_absent

COMPOSED = "R\u00f6ntgen.png"


@pytest.mark.parametrize(
    ("there", "named", "advice"),
    [
        ("scans/a.png", r"scans\a.png", "with forward slashes"),
        ("scans/a.PNG", "scans/a.png", "in other case"),
        ("scans/a.png", "data/chest/scans/a.png", "leave out the first 2 parts"),
        ("scans/a.png", "/data/chest/scans/a.png", "leave out the first 3 parts"),
        ("scans/a.png", r"C:\chest\scans\a.png", "leave out the first 2 parts"),
        ("scans/a.png", "scans/a.dcm", "with another ending"),
        ("scans/a.png", "scans/a", "with another ending"),
        ("scans/a.png", "scans/b.png", "correct the paths"),
        (unicodedata.normalize("NFD", COMPOSED), COMPOSED, "another Unicode form"),
        ("Thumbs.db", "a.png", "there is no image below data.root"),
    ],
)
def test_the_advice_fits_the_cause(tmp_path, there, named, advice):
    path = tmp_path / there
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    said = say_absent("t.csv", tmp_path, [(3, named)], 7)
    assert said.startswith("1 of 7 files that t.csv names are not there, that of row 3 first: ")
    assert advice in said


def test_files_below_the_folder_above(tmp_path):
    for name in ("root/other.png", "scans/a.png"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    assert "set it to that" in say_absent("t", tmp_path / "root", [(1, "scans/a.png")], 1)
