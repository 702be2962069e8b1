import csv
import string
from contextlib import suppress

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.artifacts.quarantine import UnusableFilesError
from pipeline.layouts import list_cases
from pipeline.layouts.blank import is_blank
from pipeline.layouts.groups import regroup
from radbank.errors import RadbankError

SAFE = st.text(string.ascii_letters + string.digits, min_size=1, max_size=6).filter(
    lambda text: not is_blank(text)
)


def fill(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    return root


def write(root, text):
    (root / "manifest.csv").write_text(text, encoding="utf-8")
    return root


def entries(root, positive=None):
    return list_cases("manifest", root, positive).entries


def test_path_and_label_are_enough(tmp_path):
    fill(tmp_path, "x/a.png", "y/b.tiff")
    write(tmp_path, "\ufefflabel,path,comment\nill,x/a.png,\nwell,y/b.tiff,seen\n")
    listing = list_cases("manifest", tmp_path, None)
    assert listing.classes == ("ill", "well")
    assert listing.rejected == []
    first, second = listing.entries
    assert (first.id, first.group, first.path, first.label) == ("a", "a", "x/a.png", 0)
    assert (second.id, second.label, second.finding) == ("b", 1, "well")
    assert (first.sex, first.age, first.view, first.official_split) == (None,) * 4


def test_all_columns(tmp_path):
    fill(tmp_path, "a.png", "b.png")
    write(
        tmp_path,
        "id,path,label,group,split,sex,age,view\n"
        "1,a.png,0,p,Train,female,062Y,pa\n2,b.png,1,,val,M,31.5,by Dr Doe\n",
    )
    first, second = entries(tmp_path)
    assert (first.id, first.group, first.official_split) == ("1", "p", "train")
    assert (first.sex, first.age, first.view) == ("F", 62.0, "PA")
    assert (second.group, second.official_split) == ("2", "validation")
    assert (second.sex, second.age, second.view) == ("M", 31.5, None)


def test_parquet_says_the_same_as_csv(tmp_path):
    fill(tmp_path, "a.png", "b.png", "c.png")
    frame = pd.DataFrame(
        {"path": ["a.png", "b.png", "c.png"], "label": [["x"], ["x", "y"], ["z"]], "age": [1, 2, 3]}
    )
    frame.to_parquet(tmp_path / "manifest.parquet")
    parquet = list_cases("manifest", tmp_path, "y")
    (tmp_path / "manifest.parquet").unlink()
    frame["label"] = frame["label"].str.join("|")
    frame.to_csv(tmp_path / "manifest.csv", index=False)
    assert list_cases("manifest", tmp_path, "y") == parquet
    assert parquet.classes == ("not y", "y")
    assert [entry.label for entry in parquet.entries] == [0, 1, 0]
    assert [entry.findings for entry in parquet.entries] == [["x"], ["x", "y"], ["z"]]


def test_numbers_are_the_same_classes_in_parquet_and_csv(tmp_path):
    fill(tmp_path, "a.png", "b.png", "c.png", "d.png")
    frame = pd.DataFrame({"path": list("abcd"), "label": [0.0, 1.0, 1.5, float("nan")]})
    frame["path"] += ".png"
    frame.to_csv(tmp_path / "manifest.csv", index=False, na_rep="nan")
    from_csv = list_cases("manifest", tmp_path, None)
    (tmp_path / "manifest.csv").unlink()
    frame.to_parquet(tmp_path / "manifest.parquet")
    parquet = list_cases("manifest", tmp_path, None)
    assert from_csv.entries == parquet.entries
    assert from_csv.classes == parquet.classes == ("0", "1", "1.5")
    assert [item.path for item in from_csv.rejected] == ["d.png"]
    assert (
        from_csv.rejected[0].reason == "its label in the manifest is 'nan', which stands for none"
    )


def test_words_for_nothing_are_no_label_split_or_id(tmp_path):
    fill(tmp_path, *(f"{n}.png" for n in range(6)))
    labels = ["ill", "well", "NaN", "N/A", "none", "-"]
    rows = "".join(f"{n}.png,{label},nan,NA\n" for n, label in enumerate(labels))
    listing = list_cases("manifest", write(tmp_path, f"path,label,split,id\n{rows}"), None)
    assert listing.classes == ("ill", "well")
    assert [entry.id for entry in listing.entries] == ["0", "1"]
    assert {entry.official_split for entry in listing.entries} == {None}
    assert len(listing.rejected) == 4


@pytest.mark.parametrize("labels", ["Ill,ill,well", "a;b,a,b", "['a'],['b'],c"])
def test_likely_mistakes_in_labels_are_refused(tmp_path, labels):
    fill(tmp_path, *(f"{n}.png" for n in range(3)))
    rows = "".join(f"{n}.png,{label}\n" for n, label in enumerate(labels.split(",")))
    with pytest.raises(RadbankError, match=r"manifest\.csv (spells|seems to join)"):
        entries(write(tmp_path, f"path,label\n{rows}"))


def test_no_file_of_the_manifest_is_the_first_cause(tmp_path):
    fill(tmp_path, "scans/a.png", "scans/b.png", "scans/c.png")
    write(tmp_path, "path,label\nscans\\a.png,ill\nscans\\b.png,well\nscans/c.png,well\n")
    said = r"2 of 3 files that manifest\.csv .* row 1 first: write their paths with forward slashes"
    with pytest.raises(UnusableFilesError, match=said) as caught:
        entries(tmp_path)
    assert [item.path for item in caught.value.rejected] == [r"scans\a.png", r"scans\b.png"]


def test_labels_that_do_not_do_take_what_was_set_aside_along(tmp_path):
    write(fill(tmp_path, "a.png", "b.png"), "path,label\na.png,nan\nb.png,nan\n")
    with pytest.raises(UnusableFilesError, match="at least two classes, and has none") as caught:
        entries(tmp_path)
    assert len(caught.value.rejected) == 2


def test_splits_may_have_longer_names(tmp_path):
    write(
        fill(tmp_path, "a.png", "b.png"), "path,label,split\na.png,0,Training set\nb.png,1,TEST\n"
    )
    assert [entry.official_split for entry in entries(tmp_path)] == ["train", "test"]


@pytest.mark.parametrize(
    "text",
    [
        "Path;Label;Group;Age\na.png;ill;p1;50,5\nb.png;well;p2;41\n;;;\n",
        "PATH\t label\tgroup\tAGE\na.png\till\tp1\t50.5\nb.png\twell\tp2\t41\n",
    ],
)
def test_tables_of_spreadsheets(tmp_path, text):
    listing = list_cases("manifest", write(fill(tmp_path, "a.png", "b.png"), text), None)
    assert [(entry.group, entry.age) for entry in listing.entries] == [("p1", 50.5), ("p2", 41)]
    assert listing.classes == ("ill", "well")
    assert listing.rejected == []


def test_rows_that_cannot_be_used_are_set_aside(tmp_path):
    fill(tmp_path, "a.png", "b.png", "c.png", ".x/d.png", "__MACOSX/e.png")
    outside = fill(tmp_path.parent / "outside", "secret.png") / "secret.png"
    hostile = [str(outside), "../outside/secret.png", "a/../../outside/secret.png", "", "x" * 300]
    rows = [("a.png", "0"), ("b.png", "1"), ("c.png", " | "), ("gone.png", "1")]
    rows += [(".x/d.png", "1"), ("__MACOSX/e.png", "1")]
    with (tmp_path / "manifest.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("path", "label"), *rows, *((path, "1") for path in hostile)])
    listing = list_cases("manifest", tmp_path, None)
    assert [entry.id for entry in listing.entries] == ["a", "b"]
    hidden = "its name, or that of a folder, begins with a dot or __ as those of hidden files do"
    assert {item.path: item.reason for item in listing.rejected} == {
        "c.png": "the manifest gives it no label",
        "gone.png": "the manifest names it but there is no file",
        **dict.fromkeys((".x/d.png", "__MACOSX/e.png"), hidden),
        "manifest.csv, row 7": "its path does not stay below data.root",
        "manifest.csv, row 8": "its path does not stay below data.root",
        "manifest.csv, row 9": "its path does not stay below data.root",
        "manifest.csv, row 10": "it has no path",
        "x" * 300: "the manifest names it but there is no file",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path\na.png\n", "has no column label"),
        ("path,label,group,gruop\na.png,0,,\n", None),
        ("path,label,gruop\na.png,0,p\nb.png,1,q\n", "a column 'gruop'.*rename it to 'group'"),
        ("path,label,Splits\na.png,0,test\nb.png,1,\n", "rename it to 'split'"),
        (
            "path,label\na.png,0\nb.png,1\na.png,0\n",
            r"the image of row 3 twice, first in row 1 \(1 such\)",
        ),
        ("path,label\na.png,0\n./a.png,1\n", "the image of row 2 twice, first in row 1"),
        (
            "path,label,id\na.png,0,7\nb.png,1,7\n",
            r"the image of row 2 the id of another, that of row 1 \(1 such\): if it names",
        ),
        ("path,label,id\na.png,0,7\nb.png,1,\n", "leaves id empty in 1 rows"),
        ("path,label,split\na.png,0,later\nb.png,1,\n", "a split 'later'"),
        ("path,label\na.png,0\n", "at least two classes, and has 0"),
        ("path,label\n", "at least two classes, and has none"),
        ("", "is empty"),
    ],
)
def test_manifests_that_do_not_do(tmp_path, text, message):
    write(fill(tmp_path, "a.png", "b.png"), text)
    if message is None:  # what stands beside the right name is the user's own
        message = "at least two classes"
    with pytest.raises(RadbankError, match=message) as caught:
        entries(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "column",
    ["patient_id", "subject_id", "PatientID", "patient", "case", "pid", "Patient", "Subject ID"],
)
def test_a_column_that_looks_like_the_patients_is_named(tmp_path, column):
    write(fill(tmp_path, "a.png", "b.png"), f"path,label,{column}\na.png,0,7\nb.png,1,7\n")
    listing = list_cases("manifest", tmp_path, None)
    with pytest.raises(RadbankError, match=f"has a column '{column}'.*name it 'group' if it is"):
        regroup(listing, None, None)
    assert regroup(listing, None, "[ab]").entries  # patients come from elsewhere
    write(tmp_path, f"path,label,group,{column}\na.png,0,7,8\nb.png,1,7,8\n")
    listing = list_cases("manifest", tmp_path, None)
    assert listing.unused_patients is None
    assert f"a column '{column}'" in listing.notes[0]


def test_images_without_a_patient_beside_others_are_counted(tmp_path):
    write(fill(tmp_path, "a.png", "b.png"), "path,label,group\na.png,0,7\nb.png,1,nan\n")
    listing = list_cases("manifest", tmp_path, None)
    assert [entry.group for entry in listing.entries] == ["7", "b"]
    assert listing.cautions[0].startswith("manifest.csv names no patient for 1 of 2 images")


def test_one_manifest_is_needed(tmp_path):
    with pytest.raises(RadbankError, match="neither is there"):
        entries(tmp_path)
    for name in ("manifest.csv", "manifest.parquet"):
        (tmp_path / name).touch()
    with pytest.raises(RadbankError, match="both are there"):
        entries(tmp_path)


@given(
    st.dictionaries(SAFE, st.tuples(st.sampled_from("abc"), SAFE, st.integers(0, 130)), min_size=3)
)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_written_is_read(tmp_path, rows):
    labels = {label for label, _, _ in rows.values()}
    with (tmp_path / "manifest.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["group", "path", "label", "age"])
        for name, (label, group, age) in rows.items():
            (tmp_path / f"{name}.png").touch()
            writer.writerow([group, f"{name}.png", label, age])
    if len(labels) < 2:
        return
    listing = list_cases("manifest", tmp_path, None)
    assert listing.classes == tuple(sorted(labels))
    for entry in listing.entries:
        label, group, age = rows[entry.path.removesuffix(".png")]
        assert (listing.classes[entry.label], entry.group) == (label, group)
        assert entry.age == (age if age <= 120 else None)


@given(st.binary(max_size=200), st.sampled_from(["manifest.csv", "manifest.parquet"]))
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bytes_give_one_sentence(tmp_path, content, name):
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    with pytest.raises(RadbankError):
        entries(folder)


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=5)), max_size=5))
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_cells_are_listed_or_refused(tmp_path, rows):
    fill(tmp_path, "a.png", "b.png")
    table = [("a.png", "0"), ("b.png", "1"), *rows]
    pd.DataFrame(table, columns=["path", "label"]).to_parquet(tmp_path / "manifest.parquet")
    with suppress(RadbankError):
        listing = list_cases("manifest", tmp_path, None)
        assert len(listing.entries) + len(listing.rejected) == len(table)
        assert all((tmp_path / entry.path).is_file() for entry in listing.entries)
