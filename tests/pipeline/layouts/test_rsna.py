import pytest

from pipeline.artifacts.quarantine import UnusableFilesError
from pipeline.layouts import list_cases
from radbank.errors import RadbankError

LABELS = """patientId,x,y,width,height,Target
b,1,2,3,4,1
b,5.5,6,7,8,1
a,,,,,0
gone,,,,,0
torn,,,,,0
torn,1,2,3,4,1
odd,,,,,2
"""
FINDINGS = "patientId,class\nb,Lung Opacity\nb,Lung Opacity\na,Normal\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "stage_2_train_images").mkdir()
    for name in ("a", "b", "torn", "odd", "extra"):
        (tmp_path / f"stage_2_train_images/{name}.dcm").touch()
    (tmp_path / "stage_2_train_labels.csv").write_text(LABELS)
    (tmp_path / "stage_2_detailed_class_info.csv").write_text(FINDINGS)
    return tmp_path


def test_rows_of_one_image_are_one_case(root):
    listing = list_cases("rsna", root, None)
    assert [entry.id for entry in listing.entries] == ["a", "b"]
    negative, positive = listing.entries
    assert (negative.label, negative.finding, negative.boxes) == (0, "Normal", None)
    assert (positive.label, positive.finding) == (1, "Lung Opacity")
    assert positive.boxes == [[1, 2, 3, 4], [5.5, 6, 7, 8]]
    assert positive.path == "stage_2_train_images/b.dcm"


def test_what_has_no_clear_label_or_file_is_set_aside(root):
    reasons = {item.path: item.reason for item in list_cases("rsna", root, None).rejected}
    assert reasons == {
        "stage_2_train_images/gone.dcm": "stage_2_train_labels.csv names it but there is no file",
        "stage_2_train_images/torn.dcm": "its rows in stage_2_train_labels.csv contradict "
        "one another",
        "stage_2_train_images/odd.dcm": "its Target in stage_2_train_labels.csv is neither 0 nor 1",
        "stage_2_train_images/extra.dcm": "it has no row in stage_2_train_labels.csv",
    }


def test_numbers_and_blanks_as_other_programs_write_them(root):
    text = LABELS.replace(",0\n", ",0.0\n").replace(",1\n", ",1.0\n").replace("\na,", "\na ,")
    (root / "stage_2_train_labels.csv").write_text(text)
    (root / "stage_2_detailed_class_info.csv").write_text("patientId,class\na,nan\n")
    entries = list_cases("rsna", root, None).entries
    assert [(entry.id, entry.label, entry.finding) for entry in entries] == [
        ("a", 0, None),
        ("b", 1, None),
    ]


def test_boxes_with_decimal_commas(root):
    text = LABELS.replace("5.5", "5#5").replace(",", ";").replace("#", ",")
    (root / "stage_2_train_labels.csv").write_text(text)
    assert list_cases("rsna", root, None).entries[1].boxes == [[1, 2, 3, 4], [5.5, 6, 7, 8]]


@pytest.mark.parametrize("ending", [".DCM", "", ".dicom", ".Dcm", ".png"])
def test_files_of_any_ending_are_found(root, ending):
    for path in list((root / "stage_2_train_images").iterdir()):
        path.rename(path.with_suffix(ending))
    listing = list_cases("rsna", root, None)
    assert [entry.path for entry in listing.entries] == [
        f"stage_2_train_images/a{ending}",
        f"stage_2_train_images/b{ending}",
    ]


def test_what_systems_leave_does_not_count(root):
    for name in ("._a.dcm", ".DS_Store", "Thumbs.db", "a.png"):
        (root / "stage_2_train_images" / name).touch()
    (root / "stage_2_train_images/gone.dcm").symlink_to("/nowhere")
    listing = list_cases("rsna", root, None)
    assert listing.entries[0].path == "stage_2_train_images/a.dcm"
    assert [item.path.split("/")[1] for item in listing.passed_over] == ["Thumbs.db", "a.png"]
    assert "it is a link to nothing" in {item.reason for item in listing.rejected}


def test_no_file_of_the_table_is_the_first_cause(root):
    for path in list((root / "stage_2_train_images").iterdir()):
        path.unlink()
    with pytest.raises(UnusableFilesError, match=r"5 of 5 files that stage_2.* row 1 first: there"):
        list_cases("rsna", root, None)


def test_detailed_classes_may_be_absent(root):
    (root / "stage_2_detailed_class_info.csv").unlink()
    assert {entry.finding for entry in list_cases("rsna", root, None).entries} == {None}


def test_a_column_that_looks_like_the_patients_is_named(root):
    assert list_cases("rsna", root, None).unused_patients is None
    rows = LABELS.splitlines()
    wider = [f"{rows[0]},PatientID", *(f"{row},p1" for row in rows[1:])]
    (root / "stage_2_train_labels.csv").write_text("\n".join(wider))
    unused = list_cases("rsna", root, None).unused_patients
    assert "has a column 'PatientID'" in unused
    assert "data.groups" in unused


def test_wrong_layouts_are_named(root, tmp_path):
    with pytest.raises(RadbankError, match=r"data\.root is .*no folder"):
        list_cases("rsna", tmp_path / "nowhere", None)
    with pytest.raises(RadbankError, match=r"data\.positive"):
        list_cases("rsna", root, "Normal")
    (root / "stage_2_train_labels.csv").write_text("patientId,Target\n")
    with pytest.raises(RadbankError, match="no column x, y, width, height"):
        list_cases("rsna", root, None)
    (root / "stage_2_train_labels.csv").unlink()
    with pytest.raises(RadbankError, match="There is no"):
        list_cases("rsna", root, None)
