import numpy as np
import pandas as pd
import pytest

from pipeline.leakage.find import EXACT, NEAR, PERSON, count, find_leaks


def cohort():
    """Return six images: 0 and 1 exact copies, 2 and 3 near ones, 4 and 5 perhaps one person."""
    ids = list("abcdef")
    cases = pd.DataFrame(
        {
            "id": ids,
            "group": ["p", "q", "r", "r", "t", "u"],
            "sex": ["F", "F", "M", "M", "F", "F"],
            "age": [40.0, 40.0, 30.0, 30.0, 50.0, 52.0],
            "height": 10,
            "width": 10,
        }
    )
    splits = pd.DataFrame(
        {
            "id": ids,
            "group": ["p", "p", "r", "r", "t", "u"],
            "split": ["train", "train", "train", "train", "train", "test"],
        }
    )
    base = np.eye(3, 4, dtype=np.float32).repeat(2, axis=0)
    base[3] = [0, 0.8, 0, 0.6]
    base[5] = [0, 0, 0.6, -0.8]
    return cases, splits, ["1", "1", "2", "3", "4", "5"], base


def leaks(cases, splits, hashes, unit):
    return find_leaks(cases, splits, hashes, unit, near_duplicate=0.75, same_person=0.55)


def kinds(pairs):
    return {(row.id_a, row.id_b): row.kind for row in pairs.itertuples()}


def test_each_kind_once():
    pairs, n_more = leaks(*cohort())
    found = kinds(pairs)
    assert found[("a", "b")] == EXACT
    assert found[("c", "d")] == NEAR
    assert found[("e", "f")] == PERSON
    assert n_more == 0
    both = pairs.set_index("id_a")
    assert both.loc["a", "kept_together"]
    assert (both.loc["e", "split_a"], both.loc["e", "split_b"]) == ("train", "test")
    counts = count(pairs)
    assert counts[EXACT] == {"pairs": 1, "across_groups": 1, "across_splits": 0}
    assert counts[PERSON] == {"pairs": 1, "across_groups": 1, "across_splits": 1}


@pytest.mark.parametrize(
    ("column", "value"), [("sex", "M"), ("sex", None), ("age", 53.0), ("age", np.nan), ("width", 9)]
)
def test_one_person_is_not_guessed_without_what_speaks_for_it(column, value):
    cases, splits, hashes, unit = cohort()
    cases[column] = cases[column].astype(object)
    cases.loc[5, column] = value
    if column == "age":
        cases["age"] = cases["age"].astype(float)
    pairs, _ = leaks(cases, splits, hashes, unit)
    assert PERSON not in set(pairs["kind"])


def test_pairs_that_are_kept_together_are_no_question_any_more():
    cases, splits, hashes, unit = cohort()
    splits.loc[5, "group"] = "t"
    pairs, _ = leaks(cases, splits, hashes, unit)
    assert PERSON not in set(pairs["kind"])


def test_an_excluded_image_is_on_no_side():
    cases, splits, hashes, unit = cohort()
    splits.loc[4, "split"] = "excluded"
    pairs, _ = leaks(cases, splits, hashes, unit)
    assert count(pairs)[PERSON]["across_splits"] == 0


def test_a_copy_of_a_copy_is_paired_with_the_first():
    cases, splits, _, unit = cohort()
    pairs, _ = leaks(cases, splits, ["1", "1", "1", "2", "3", "4"], unit)
    exact = pairs[pairs["kind"] == EXACT]
    assert list(zip(exact["id_a"], exact["id_b"], strict=True)) == [("a", "b"), ("a", "c")]
