"""Guesses of which images are of one patient."""

import pytest

from pipeline.layouts.base import Entry
from pipeline.layouts.guess import find_groups, guess_pattern
from pipeline.layouts.pattern import find_patients


def entries(*paths, depth=0):
    return [Entry(path, path, path, 0, path.split("/")[depth]) for path in paths]


@pytest.mark.parametrize(
    ("name", "patient"),
    [
        ("ill/p{0:02}/{1}.png", "p{0:02}"),
        ("ill/p{0:02}-{1}.png", "p{0:02}"),
        ("train/ill/person{0}_bacteria_{2}.jpeg", "person{0}"),
        ("ill/NORMAL2-IM-{0:04}-000{1}.jpeg", "NORMAL2-IM-{0:04}"),
        ("ill/study 2024_{0:03}_{1}.png", "study 2024_{0:03}"),
    ],
)
def test_patients_are_found_in_folders_and_names(name, patient):
    numbers = [(one, view, 2 * one + view) for one in range(30) for view in range(2)]
    found = entries(*(name.format(*each) for each in numbers))
    pattern = guess_pattern(found)
    patients = find_patients(pattern, [each.path for each in found])
    assert patients == [patient.format(*each) for each in numbers]


@pytest.mark.parametrize("name", ["ill/IMG_{0:04}.png", "ill/{0}.dcm", "ill/{1}/{0}.png"])
def test_names_that_are_all_apart_or_have_all_in_common_name_no_patient(name):
    assert guess_pattern(entries(*(name.format(n, n % 2) for n in range(60)))) is None


def test_a_folder_of_a_class_is_no_patient():
    assert guess_pattern(entries(*(f"class{n % 20}/{n}a.png" for n in range(60)))) is None


def test_a_table_that_knows_every_image_is_found_and_one_of_classes_is_not(tmp_path):
    found = entries(*(f"i{n}" for n in range(60)))
    (tmp_path / "classes.csv").write_text("id,class\n" + "".join(f"i{n},a\n" for n in range(60)))
    (tmp_path / "half.csv").write_text("id,patient\ni1,p1\n")
    (tmp_path / "torn.csv").write_bytes(b"\xff\xfe\x00")
    assert find_groups(tmp_path, found) is None
    rows = "".join(f"i{n},p{n // 2}\n" for n in range(60))
    (tmp_path / "patients.csv").write_text(f"id,patient\n{rows}")
    assert str(find_groups(tmp_path, found)) == "patients.csv"
