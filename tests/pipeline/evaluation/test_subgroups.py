import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from pipeline.evaluation.subgroups import gap_to_whole, score_subgroups
from pipeline.statistics.grouping import find_subgroups
from radbank.errors import RadbankError

INTERVALS = {"n_bootstrap": 100, "confidence": 0.95, "seed": 0}


def table(n=8, **columns):
    return pd.DataFrame({"id": [f"i{i}" for i in range(n)], "group": "p", **columns})


def found(frame):
    return [
        (group.column, group.value, int(group.members.sum()))
        for group in find_subgroups(frame, frame["id"])
    ]


def test_columns_that_divide_the_cases_are_used_those_of_a_manifest_too():
    frame = table(
        sex=["F", "M", None, "F", "M", "F", "M", "F"],
        view="PA",
        scanner=["a", "a", "b", "b", "b", "b", "b", "b"],
        portable=[True, False] * 4,
        boxes=[[[1.0, 2, 3, 4]], None] * 4,
        path=[f"{i}.png" for i in range(8)],
    )
    assert found(frame) == [
        ("sex", "F", 4),
        ("sex", "M", 3),
        ("scanner", "a", 2),
        ("scanner", "b", 6),
        ("portable", "False", 4),
        ("portable", "True", 4),
    ]


def test_ages_are_put_into_bands():
    frame = table(6, age=[17.9, 18, 39, 40, 65, None])
    assert found(frame) == [
        ("age", "18 to 39", 2),
        ("age", "40 to 64", 1),
        ("age", "65 and over", 1),
        ("age", "under 18", 1),
    ]


def test_members_follow_the_order_of_the_ids():
    frame = table(4, sex=["F", "M", "M", "M"])
    (women, _) = find_subgroups(frame, pd.Series(["i3", "i0"]))[:2]
    assert women.members.tolist() == [False, True]


def test_cases_that_are_not_known_are_named():
    with pytest.raises(RadbankError, match=r"lacks 1 of the predicted cases .*'i9'"):
        find_subgroups(table(), pd.Series(["i0", "i9"]))


@pytest.fixture
def model(binary):
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 300)
    return binary(labels, 1 / (1 + np.exp(-generator.normal(labels))), np.arange(300) // 2)


def scored(model, frame, minimum=1):
    groups = find_subgroups(frame, frame["id"])
    return score_subgroups({"mlp": model}, groups, minimum=minimum, intervals=INTERVALS)


def test_every_figure_is_that_of_the_subgroups_cases(model):
    frame = pd.DataFrame({"id": np.arange(300).astype(str), "sex": ["F"] * 100 + ["M"] * 200})
    women, men = scored(model, frame, minimum=60)
    assert (women.n, women.n_patients, women.too_small) == (100, 50, True)
    assert (men.n, men.n_patients, men.too_small) == (200, 100, False)
    figures, (cases,) = men.models["mlp"], model.one_vs_rest
    auc = roc_auc_score(cases.labels[100:], cases.probabilities[100:])
    assert figures.auc.value == pytest.approx(auc)
    whole = roc_auc_score(cases.labels, cases.probabilities)
    assert figures.estimate("auc_gap").value == pytest.approx(auc - whole)
    positive = cases.labels[100:] == 1
    called = cases.probabilities[100:] >= 0.5
    assert figures.estimate("sensitivity").value == pytest.approx(called[positive].mean())
    assert list(figures.estimates) == ["auc", "auc_gap", "sensitivity", "specificity"]
    for figure in figures.estimates.values():
        assert figure.low < figure.value < figure.high


def test_subgroups_of_several_classes_have_the_metrics_that_declare_it(several):
    model = several()
    ids = np.arange(90).astype(str)
    frame = pd.DataFrame({"id": ids, "sex": ["F"] * 30 + ["M"] * 60, "finding": list("abc") * 30})
    women, men = scored(model, frame)  # a finding that is a class is no subgroup
    assert sum(women.n_by_class.values()) == women.n == 30
    assert set(men.models["mlp"].estimates) == {"auc", "accuracy"}
    assert men.models["mlp"].auc.low < men.models["mlp"].auc.high


def test_the_whole_has_no_gap_to_itself_and_a_part_less_than_two_strangers(model):
    (cases,) = model.one_vs_rest
    none = gap_to_whole(cases, np.ones(300, bool), 0.95)
    assert (none.value, none.low, none.high) == (pytest.approx(0), None, None)
    most = gap_to_whole(cases, np.arange(300) < 280, 0.95)
    half = gap_to_whole(cases, np.arange(300) < 150, 0.95)
    assert most.high - most.low < 0.4 * (half.high - half.low)


def test_a_group_of_one_class_has_no_auc(model):
    labels = model.cases.labels
    finding = np.where(labels, "Opacity", "Normal")
    frame = pd.DataFrame({"id": np.arange(300).astype(str), "finding": finding})
    normal, opacity = (each.models["mlp"].estimates for each in scored(model, frame))
    for undefined in (normal["auc"], normal["auc_gap"], normal["sensitivity"]):
        assert (undefined.value, undefined.low, undefined.high) == (None, None, None)
    assert normal["specificity"].value > 0.5
    assert opacity["specificity"].value is None


def test_the_gap_covers_a_true_gap_of_nothing_about_as_often_as_it_says(binary):
    generator, covered = np.random.default_rng(3), 0
    for _ in range(300):
        labels = np.arange(120) % 2
        (cases,) = binary(labels, 1 / (1 + np.exp(-generator.normal(labels)))).one_vs_rest
        gap = gap_to_whole(cases, np.arange(120) < 40, 0.95)
        covered += gap.low <= 0 <= gap.high
    assert 0.91 <= covered / 300 <= 0.985
