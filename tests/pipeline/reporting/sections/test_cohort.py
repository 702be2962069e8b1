"""Counts by split, and the files left out."""

import pandas as pd

from pipeline.reporting.sections.cohort import count_cautions, describe_cohort, describe_quarantine

CLASSES = ("normal", "pneumonia")


def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    cases = pd.DataFrame(
        {
            "id": list("abcdef"),
            "group": ["1", "1", "2", "3", "4", "5"],
            "label": [0, 1, 1, 0, 1, 0],
            "finding": None,
            "sex": ["F", "F", "M", None, "M", "F"],
            "age": [30.0, 30.0, 50.0, None, 70.0, 40.0],
            "view": ["PA", "AP", "PA", "PA", "AP", "PA"],
        }
    )
    splits = pd.DataFrame(
        {
            "id": list("fedcba"),
            "group": ["5", "4", "3", "2", "1", "1"],
            "split": ["test", "validation", "train", "train", "train", "train"],
        }
    )
    return cases, splits


def table(cases: pd.DataFrame, splits: pd.DataFrame) -> dict[tuple[str, str], tuple[str, ...]]:
    cohort = describe_cohort(cases, splits, CLASSES)
    return {(group.title, row.label): row.cells for group in cohort.groups for row in group.rows}


def test_counts_images_and_patients_by_split() -> None:
    cases, splits = frames()
    assert describe_cohort(cases, splits, CLASSES).columns == (
        "Training",
        "Validation",
        "Test",
        "All",
    )
    cells = table(cases, splits)
    assert cells["Size", "Images"] == ("4", "1", "1", "6")
    assert cells["Size", "Patients"] == ("3", "1", "1", "5")
    assert cells["Class", "pneumonia"] == ("2 (50 %)", "1 (100 %)", "0 (0 %)", "3 (50 %)")
    assert cells["Sex", "Female"] == ("2 (50 %)", "0 (0 %)", "1 (100 %)", "3 (50 %)")
    assert cells["Sex", "Not recorded"] == ("1 (25 %)", "0 (0 %)", "0 (0 %)", "1 (17 %)")
    assert cells["Age, years", "Median (quartiles)"][0] == "30 (30 to 40)"
    assert cells["View", "PA"][-1] == "4 (67 %)"
    assert ("View", "Not recorded") not in cells


def test_patients_are_those_of_the_split_with_duplicates_joined() -> None:
    cases, splits = frames()
    splits["group"] = "1"
    assert table(cases, splits)["Size", "Patients"] == ("1", "1", "1", "1")


def test_excluded_images_have_their_column() -> None:
    cases, splits = frames()
    splits.loc[0, "split"] = "excluded"
    columns = describe_cohort(cases, splits, CLASSES).columns
    assert columns == ("Training", "Validation", "Excluded", "All")


def test_what_was_never_recorded_is_said_once() -> None:
    cases, splits = frames()
    cases[["sex", "view"]] = None
    cases["age"] = float("nan")
    cells = table(cases, splits)
    for title in ("Sex", "Age, years", "View"):
        assert [label for group, label in cells if group == title] == ["Not recorded"]


def test_findings_appear_where_they_say_more_than_the_classes() -> None:
    cases, splits = frames()
    assert not [title for title, _ in table(cases, splits) if title == "Finding"]
    cases["finding"] = ["normal", "opacity", "opacity", "other", "opacity", "normal"]
    assert table(cases, splits)["Finding", "other"][-1] == "1 (17 %)"


def test_quarantine_counts_all_and_names_no_file() -> None:
    frame = pd.DataFrame(
        {
            "path": [f"{i:02d}.dcm" for i in reversed(range(25))],
            "reason": ["empty"] * 5 + ["truncated"] * 20,
        }
    )
    quarantine = describe_quarantine(frame)
    assert quarantine.n == 25
    assert quarantine.reasons == (("truncated", 20), ("empty", 5))


def test_empty_quarantine() -> None:
    quarantine = describe_quarantine(pd.DataFrame({"path": [], "reason": []}, dtype=str))
    assert (quarantine.n, quarantine.reasons) == (0, ())


def test_cautions_are_counted_each_by_itself() -> None:
    cases = pd.DataFrame({"caution": ["narrow", None, "padding; narrow", None]})
    assert count_cautions(cases) == (("narrow", 2), ("padding", 1))
    assert count_cautions(pd.DataFrame({"caution": [None]}, dtype=object)) == ()
