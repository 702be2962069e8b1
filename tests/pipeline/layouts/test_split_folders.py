from pathlib import Path, PurePosixPath

import pytest

from pipeline.layouts.split_folders import find_splits
from radbank.errors import RadbankError


def splits(*paths):
    return find_splits([PurePosixPath(path) for path in paths], Path("root"))


@pytest.mark.parametrize(
    "names",
    [
        ("training_set", "test_set"),
        ("Train Images", "Test Images"),
        ("TrainData", "TestData"),
        ("chest_train", "chest_test"),
        ("01-training", "02-testing"),
        ("trainset", "testset"),
    ],
)
def test_names_with_a_word_of_a_split_are_splits_if_they_hold_the_same_classes(names):
    found, cautions = splits(*(f"{name}/{c}/x.png" for name in names for c in ("ill", "well")))
    assert found == dict(zip(names, ("train", "test"), strict=True))
    assert cautions == ()


def test_plain_names_are_splits_whatever_they_hold():
    assert splits("train/ill/a", "test/well/b", "val/x")[0] == {
        "test": "test",
        "train": "train",
        "val": "validation",
    }


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (("train/ill/a", "other/ill/b"), r"both split folders \(train\) and others \(other\)"),
        (("train_1/ill/a", "test_1/ill/b", "x/c"), "both split folders"),
        (("training_set/a.png", "test_set/b.png"), "named like splits but do not hold the same"),
        (("train_a/ill/x", "train_a/well/x", "test_a/ill/x"), "named like splits but"),
    ],
)
def test_what_may_be_splits_or_classes_is_refused(paths, message):
    with pytest.raises(RadbankError, match=message):
        splits(*paths)


def test_classes_stay_classes():
    assert splits("ill/a", "well/b") == ({}, ())
    assert splits("ill/p1/a", "well/p2/b") == ({}, ())
    assert splits("tested/a", "trainee/b") == ({}, ())
    assert splits("test strip/a", "rest/b") == ({}, ())


def test_classes_that_hold_the_same_folders_are_doubted():
    _, (caution,) = splits(*(f"{site}/{c}/x" for site in "AB" for c in ("ill", "well")))
    assert caution == "Each of the 2 class folders holds the same 2 folders: are those the classes?"
