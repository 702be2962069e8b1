import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.artifacts.splits import read_splits
from pipeline.splitting.partition import Plan, join_duplicates, partition
from radbank.errors import RadbankError

PLAN = Plan(test=0.2, validation=0.2, folds=3, seed=1)


@st.composite
def cohorts(draw):
    """Draw ids, groups, labels and hashes of 40 to 80 patients, with some duplicates."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_images = rng.integers(1, 4, rng.integers(40, 80))
    groups = [f"p{i}" for i, n in enumerate(n_images) for _ in range(n)]
    positive = rng.random(len(n_images)) < draw(st.floats(0.35, 0.65))
    labels = [int(positive[int(group[1:])]) for group in groups]
    hashes = rng.integers(0, 40 * len(groups), len(groups)).astype(str).tolist()
    return [f"i{i:03d}" for i in range(len(groups))], groups, labels, hashes


def divide(cohort, plan, official=None):
    ids, groups, labels, hashes = cohort
    merged = join_duplicates(groups, hashes)
    frame = pd.DataFrame({"id": ids, "group": merged, "label": labels, "hash": hashes})
    frame["official"] = [None] * len(ids) if official is None else official
    columns = [frame[name].tolist() for name in ("id", "group", "label", "official")]
    return partition(*columns, plan), frame


@settings(max_examples=40, deadline=None)
@given(cohort=cohorts(), seed=st.integers(0, 2**32 - 1))
def test_no_patient_and_no_duplicate_straddles(cohort, seed):
    splits, frame = divide(cohort, Plan(test=0.2, validation=0.2, folds=3, seed=seed))
    assert splits["id"].tolist() == cohort[0]
    frame["place"] = splits["split"] + splits["fold"].astype(str)
    frame["patient"] = cohort[1]
    for column in ("group", "patient", "hash"):
        assert (frame.groupby(column)["place"].nunique() == 1).all()
    assert ((splits["fold"] >= 0) == (splits["split"] == "train")).all()
    by_split = frame["label"].groupby(splits["split"])
    assert set(by_split.groups) == {"train", "validation", "test"}
    assert (by_split.nunique() == 2).all()
    assert (frame[splits["fold"] >= 0].groupby(splits["fold"])["label"].nunique() == 2).all()


@settings(max_examples=40, deadline=None)
@given(cohort=cohorts(), test=st.floats(0.1, 0.4), validation=st.floats(0.1, 0.4))
def test_shares_are_near_those_asked_in_each_class(cohort, test, validation):
    plan = Plan(test=test, validation=validation, folds=2, seed=0)
    splits, frame = divide(cohort, plan)
    by_group = frame.assign(split=splits["split"]).groupby("group")
    groups = by_group.agg({"label": "max", "split": "first"})
    for label in (0, 1):
        stratum = groups["split"][groups["label"] == label]
        held = (stratum == "test").sum()
        assert abs(held - test * len(stratum)) <= 1
        assert abs((stratum == "validation").sum() - validation * (len(stratum) - held)) <= 1


@settings(max_examples=20, deadline=None)
@given(cohort=cohorts(), seed=st.integers(0, 1000))
def test_neither_other_names_nor_repetition_change_it(cohort, seed):
    ids, groups, labels, hashes = cohort
    number = np.random.default_rng(seed).permutation(len(ids))  # as another key gives others
    renamed = [f"{number[int(group[1:])]:03d}" for group in groups]
    splits, _ = divide(cohort, PLAN)
    pd.testing.assert_frame_equal(splits, divide(cohort, PLAN)[0])
    others, _ = divide(([f"{i:03d}" for i in number], renamed, labels, hashes), PLAN)
    pd.testing.assert_frame_equal(splits[["split", "fold"]], others[["split", "fold"]])


@settings(max_examples=30, deadline=None)
@given(cohort=cohorts(), data=st.data())
def test_official_sets_stay_whole(cohort, data):
    names = data.draw(st.sampled_from([("train", "test"), ("train", "validation", "test")]))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    shares = {"train": 0.7, "validation": 0.15, "test": 0.15}
    weights = np.array([shares[name] for name in names])
    official = rng.choice(names, len(cohort[0]), p=weights / weights.sum())
    try:
        splits, frame = divide(cohort, PLAN, official=official)
    except RadbankError:
        return  # too few are left of a class: said, not hidden
    split = splits["split"]
    assert (split[official == "test"] == "test").all()
    assert (official[split == "test"] == "test").all()
    assert (frame["group"].groupby(splits["group"]).nunique() == 1).all()
    kept = frame.assign(split=split)[split != "excluded"]
    assert (kept.groupby("group")["split"].nunique() == 1).all()
    lost = set(frame["group"][split == "excluded"])
    assert lost <= set(frame["group"][official != "train"])
    if "validation" in names:
        assert (official[split == "validation"] == "validation").all()


def test_the_seed_decides():
    groups = [f"p{i}" for i in range(60)]
    cohort = (groups, groups, [i % 2 for i in range(60)], groups)
    one, two = (divide(cohort, Plan(0.2, 0.2, 3, seed))[0] for seed in (1, 2))
    assert (one["split"] != two["split"]).any()


def test_no_test_share_gives_the_plain_two_sided_split():
    groups = [f"p{i:02d}" for i in range(50)]
    cohort = (groups, groups, [i % 2 for i in range(50)], groups)
    splits, _ = divide(cohort, Plan(test=0, validation=0.2, folds=5, seed=3))
    assert splits["split"].value_counts().to_dict() == {"train": 40, "validation": 10}


def test_duplicates_join_patients_through_others():
    merged = join_duplicates(["c", "b", "b", "a", "d"], ["1", "1", "2", "2", "3"])
    assert merged.tolist() == ["a", "a", "a", "a", "d"]


def test_a_given_test_set_may_be_of_one_class_and_a_drawn_one_may_not():
    groups = [f"p{i:02d}" for i in range(60)]
    labels = [i % 2 for i in range(40)] + [0] * 20
    official = [None] * 40 + ["test"] * 20
    splits = partition(groups, groups, labels, official, PLAN)
    assert (splits["split"] == "test").sum() == 20
    with pytest.raises(RadbankError, match="split has no"):
        partition(groups[:2], groups[:2], [0, 1], [None] * 2, PLAN)


@pytest.mark.parametrize(
    ("n_positive", "plan", "message"),
    [
        (0, PLAN, "The train split has no positive image"),
        (1, PLAN, "The validation split has no positive image"),
        (2, PLAN, "The validation split has no positive image"),
        (40, PLAN, "The train split has no negative image"),
        (4, PLAN, "has 2 patients with positive images, too few for 3 folds"),
    ],
)
def test_too_few_patients_of_a_class(n_positive, plan, message):
    groups = [f"p{i:02d}" for i in range(40)]
    labels = [int(i < n_positive) for i in range(40)]
    with pytest.raises(RadbankError, match=message):
        partition(groups, groups, labels, [None] * 40, plan)


def test_splits_round_trip(tmp_path):
    ids = [f"{i:03d}" for i in range(40)]  # text that looks like numbers stays text
    splits = partition(ids, ids, [i % 2 for i in range(40)], [None] * 40, PLAN)
    splits.to_csv(tmp_path / "splits.csv", index=False)
    back = read_splits(tmp_path / "splits.csv")
    assert back.to_dict("list") == splits.to_dict("list")
    with pytest.raises(RadbankError, match="There is no"):
        read_splits(tmp_path / "none.csv")
    (tmp_path / "splits.csv").write_text("id,split\na,train\n")
    with pytest.raises(RadbankError, match="has not the columns"):
        read_splits(tmp_path / "splits.csv")


def test_links_join_groups():
    merged = join_duplicates(["c", "b", "a", "d"], ["1", "2", "3", "4"], [(0, 1), (1, 2)])
    assert merged.tolist() == ["a", "a", "a", "d"]


def test_three_classes_are_divided_by_patient_too():
    n = 60
    ids = [f"{i:02d}" for i in range(n)]
    plan = Plan(test=0.2, validation=0.2, folds=3, seed=1)
    labels = [i % 3 for i in range(n)]
    splits = partition(ids, ids, labels, [None] * n, plan, classes=("a", "b", "c"))
    counts = splits.assign(label=labels).groupby(["split", "label"]).size().unstack()
    assert counts.loc["test"].tolist() == [4, 4, 4]
    assert counts.loc["validation"].tolist() == [3, 3, 3]
    few = [min(label, 1) for label in labels[:-2]] + [2, 2]
    with pytest.raises(RadbankError, match="no c image"):
        partition(ids, ids, few, ["train"] * n, plan, classes=("a", "b", "c"))


@pytest.mark.parametrize(
    ("given", "labels", "message"),
    [
        (lambda i: "test" if i > 9 else None, lambda i: int(i > 9), "gives 30 of 40 images to"),
        (lambda _: "test", lambda i: i % 2, "gives 40 of 40 images to test or validation"),
        (lambda i: "validation" if i < 9 else "train", lambda i: i % 2 * (i > 9), "gives 9 images"),
    ],
)
def test_a_given_split_is_named_as_the_cause(given, labels, message):
    ids = [f"{i:02d}" for i in range(40)]
    official = [given(i) for i in range(40)]
    with pytest.raises(RadbankError, match=message) as caught:
        partition(ids, ids, [labels(i) for i in range(40)], official, PLAN)
    assert "shares" not in str(caught.value)


def test_patients_excluded_for_a_given_split_are_counted():
    ids, groups = [f"{i:02d}" for i in range(40)], [f"{i // 2:02d}" for i in range(40)]
    official = ["test" if i % 2 else None for i in range(40)]
    with pytest.raises(RadbankError, match=r"gives 20 of 40 .* and 20 more of their patients"):
        partition(ids, groups, [i // 2 % 2 for i in range(40)], official, PLAN)
