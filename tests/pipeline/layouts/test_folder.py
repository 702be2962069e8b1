import pytest

from pipeline.layouts import list_cases
from radbank.errors import RadbankError


def fill(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    return root


def test_class_folders(tmp_path):
    fill(tmp_path, "normal/a.png", "normal/deep/b.jpeg", "ill/c.dcm", "ill/.hidden", "__MACOSX/x/d")
    listing = list_cases("folder", tmp_path, None)
    assert listing.classes == ("ill", "normal")
    assert [(entry.id, entry.label, entry.path) for entry in listing.entries] == [
        ("c", 0, "ill/c.dcm"),
        ("a", 1, "normal/a.png"),
        ("b", 1, "normal/deep/b.jpeg"),
    ]
    assert {entry.official_split for entry in listing.entries} == {None}
    assert list_cases("folder", tmp_path, "ill").classes == ("normal", "ill")


def test_split_folders(tmp_path):
    fill(tmp_path, "train/no/a.png", "train/yes/b.png", "val/no/c.png", "Test/yes/d.png")
    listing = list_cases("folder", tmp_path, None)
    assert {entry.id: entry.official_split for entry in listing.entries} == {
        "a": "train",
        "b": "train",
        "c": "validation",
        "d": "test",
    }
    assert {entry.id: entry.finding for entry in listing.entries}["d"] == "yes"


def test_ids_are_the_shortest_that_tell_files_apart(tmp_path):
    fill(tmp_path, "no/a.png", "yes/a.png", "yes/a.jpg", "yes/b.png")
    assert {entry.id for entry in list_cases("folder", tmp_path, None).entries} == {
        "no/a",
        "yes/a.jpg",
        "yes/a.png",
        "b",
    }


def test_files_outside_the_classes_have_no_label(tmp_path):
    fill(tmp_path, "train/no/a.png", "train/yes/b.png", "train/c.dcm", "d.dcm")
    listing = list_cases("folder", tmp_path, None)
    assert {item.path for item in listing.rejected} == {"train/c.dcm", "d.dcm"}
    assert len(listing.entries) == 2


def test_more_than_two_folders_are_as_many_classes_or_one_against_the_rest(tmp_path):
    fill(tmp_path, "no/a.png", "yes/b.png", "maybe/c.png")
    listing = list_cases("folder", tmp_path, None)
    assert listing.classes == ("maybe", "no", "yes")
    assert {entry.id: entry.label for entry in listing.entries} == {"a": 1, "b": 2, "c": 0}
    against = list_cases("folder", tmp_path, "yes")
    assert against.classes == ("not yes", "yes")
    assert {entry.id: entry.label for entry in against.entries} == {"a": 0, "b": 1, "c": 0}


@pytest.mark.parametrize(
    ("paths", "positive", "message"),
    [
        (["no/a"], None, "found no"),
        ([], None, "found none"),
        (["no/a", "yes/b"], "ill", "none of the class folders no and yes"),
        (["train/no/a", "yes/b"], None, "both split folders"),
        (["train/no/a", "train/yes/b", "test/NO/c"], None, "'NO' 1 times, 'no' 1 times"),
    ],
)
def test_wrong_layouts_are_named(tmp_path, paths, positive, message):
    with pytest.raises(RadbankError, match=message):
        list_cases("folder", fill(tmp_path, *paths), positive)
