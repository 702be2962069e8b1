import pandas as pd

from pipeline.artifacts.leaks import LeakCounts, PairCount
from pipeline.leakage.find import COLUMNS
from pipeline.reporting.sections.leaks import LISTED_PAIRS, describe_leaks

NONE = PairCount(pairs=0, across_groups=0, across_splits=0)


def counts(**changes):
    empty = {"exact_duplicate": NONE, "near_duplicate": NONE, "same_person": NONE}
    return LeakCounts(**{**empty, "not_listed": 0, "persons_comparable": 9, **changes})


def pairs(*splits):
    row = {"similarity": 0.8, "id_a": "a", "id_b": "b", "group_a": "p", "group_b": "q"}
    rows = [
        {**row, "kind": "near duplicate", "split_a": a, "split_b": b, "kept_together": False}
        for a, b in splits
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_only_pairs_on_two_sides_are_shown(params):
    found = pairs(("train", "train"), ("train", "test"), ("excluded", "test"))
    report = describe_leaks(counts(), found, params)
    assert report.n == 1
    assert [pair.splits for pair in report.pairs] == [("train", "test")]


def test_a_long_list_is_cut_and_counted(params):
    report = describe_leaks(counts(not_listed=1), pairs(*[("train", "test")] * 30), params)
    assert (report.n, len(report.pairs)) == (30, LISTED_PAIRS)
    assert report.sentences[-1] == "1 pair more, all less similar, are not listed."


def test_says_when_people_could_not_be_compared(params):
    report = describe_leaks(counts(persons_comparable=0), pairs(), params)
    assert "sex and age are not recorded" in report.sentences[-1]
    assert report.pairs == ()
