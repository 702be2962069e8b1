import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heads.base import by_class
from pipeline.artifacts.predictions import Predictions, read_predictions, write_predictions
from radbank.errors import RadbankError

PROVENANCE = {
    "backbone": "resnet50",
    "weights": "random",
    "weights_random": True,
    "synthetic": True,
    "classes": ["normal", "pneumonia"],
}


@pytest.fixture
def cases():
    return pd.DataFrame(
        {
            "id": ["c", "a", "b"],
            "group": ["p2", "p1", "p1"],
            "label": [1, 0, 1],
            "split": ["test", "train", "validation"],
        }
    )


@pytest.fixture
def predictions(cases):
    return Predictions.of_views(
        cases, by_class(np.array([[0.3, 0.5], [0.1, 0.2], [1.0, 0.0]])), PROVENANCE
    )


def test_views_become_columns_in_the_order_of_the_cases(predictions):
    frame = predictions.frame
    assert frame["id"].tolist() == ["c", "a", "b"]
    assert frame["probability"].tolist() == [0.3, 0.1, 1.0]
    assert frame["probability_augmented"].tolist() == [0.5, 0.2, 0.0]
    assert frame["probability_averaged"].tolist() == pytest.approx([0.4, 0.15, 0.5])


@pytest.mark.parametrize("n_views", [1, 2])
def test_other_trainings_are_written_behind_and_read_back(cases, tmp_path, n_views):
    rng = np.random.default_rng(0)
    by_view = by_class(rng.random((3, n_views)))
    others = [by_class(rng.random(3)), by_class(rng.random(3))]
    written = Predictions.of_views(cases, by_view, PROVENANCE, other_seeds=others)
    assert list(written.frame.columns[-2:]) == ["probability_seed2", "probability_seed3"]
    write_predictions(tmp_path / "mlp.csv", written)
    read = read_predictions(tmp_path / "mlp.csv")
    pd.testing.assert_frame_equal(read.frame, written.frame, check_exact=True, check_dtype=False)
    assert read.augmented == (n_views == 2)
    first, *later = read.trainings
    np.testing.assert_array_equal(first[:, 1], by_view[:, 1, 0])
    for found, other in zip(later, others, strict=True):
        np.testing.assert_array_equal(found[:, 1], other[:, 1])


def test_a_model_trained_once_has_one_training(predictions):
    (only,) = predictions.trainings
    np.testing.assert_array_equal(only, predictions.probabilities())


def test_one_view_needs_one_column(cases):
    frame = Predictions.of_views(cases, by_class(np.array([[0.3], [0.1], [1.0]])), PROVENANCE).frame
    assert list(frame.columns) == ["id", "group", "label", "split", "probability"]


def test_the_file_says_where_it_comes_from(predictions, tmp_path):
    write_predictions(tmp_path / "mlp.csv", predictions)
    first, header, *rows = (tmp_path / "mlp.csv").read_text().splitlines()
    assert first.startswith('# {"backbone": "resnet50", "weights": "random"')
    assert header.startswith("id,group,label,split,probability,")
    assert len(rows) == 3


ids = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=8)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(ids, min_size=1, max_size=6, unique=True),
    st.lists(st.floats(0, 1), min_size=12, max_size=12),
)
def test_what_is_written_is_read_back_to_the_last_bit(tmp_path_factory, names, numbers):
    path = tmp_path_factory.mktemp("predictions") / "mlp.csv"
    cases = pd.DataFrame({"id": names, "group": names[::-1], "label": 1, "split": "test"})
    by_view = np.array(numbers[: 2 * len(names)]).reshape(len(names), 2)
    written = Predictions.of_views(cases, by_class(by_view), PROVENANCE)
    write_predictions(path, written)
    read = read_predictions(path)
    pd.testing.assert_frame_equal(read.frame, written.frame, check_exact=True, check_dtype=False)
    assert read.provenance == PROVENANCE


def test_names_that_look_like_numbers_or_nothing_stay_text(predictions, tmp_path):
    predictions.frame["id"] = ["0012", "NA", "null"]
    write_predictions(tmp_path / "mlp.csv", predictions)
    assert read_predictions(tmp_path / "mlp.csv").frame["id"].tolist() == ["0012", "NA", "null"]


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("probability", 1.5, "not from 0 to 1"),
        ("probability_averaged", np.nan, "not from 0 to 1"),
        ("id", "a", "occurs twice"),
        ("split", "excluded", "none of train"),
        ("label", 2, "none of 0 to 1"),
        ("surplus", 0, "its columns are"),
        ("probability_seed3", 0.5, "its columns are"),
        ("probability_seed2", 1.5, "not from 0 to 1"),
    ],
)
def test_what_is_wrong_is_not_written(predictions, tmp_path, column, value, problem):
    predictions.frame[column] = value
    with pytest.raises(ValueError, match=problem):
        write_predictions(tmp_path / "mlp.csv", predictions)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "id,group,label,split,probability\na,p,0,test,0.5\n",
        "# {}\nid,group\na,p\n",
        "# {}\nid,group,label,split,probability\na,p,0,test,high\n",
        "# {}\nid,group,label,split,probability\na,p,0,test,7\n",
        "# {}\nid,group,label,split,probability\na,p,,test,0.5\n",
    ],
)
def test_another_file_is_refused(tmp_path, text):
    (tmp_path / "mlp.csv").write_text(text)
    with pytest.raises(RadbankError, match=r"mlp\.csv is no table of predictions"):
        read_predictions(tmp_path / "mlp.csv")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(RadbankError, match="There is no"):
        read_predictions(tmp_path / "mlp.csv")


THREE = {**PROVENANCE, "classes": ["a", "a_augmented", "b, c"]}


def test_three_classes_have_a_column_each_and_names_cannot_clash(cases, tmp_path):
    by_view = np.random.default_rng(0).dirichlet(np.ones(3), size=(3, 2)).transpose(0, 2, 1)
    written = Predictions.of_views(cases.assign(label=[2, 0, 1]), by_view, THREE)
    assert list(written.frame.columns[4:]) == [
        f"{view}_{name}"
        for view in ("probability", "augmented", "averaged")
        for name in THREE["classes"]
    ]
    write_predictions(tmp_path / "mlp.csv", written)
    read = read_predictions(tmp_path / "mlp.csv")
    pd.testing.assert_frame_equal(read.frame, written.frame, check_exact=True, check_dtype=False)
    assert read.classes == tuple(THREE["classes"])
    assert read.augmented
    np.testing.assert_array_equal(read.probabilities(), by_view[:, :, 0])
    np.testing.assert_array_equal(read.probabilities("augmented"), by_view[:, :, 1])
    assert read.of_split("test").frame["id"].tolist() == ["c"]


def test_three_classes_have_a_column_each_of_every_training(cases, tmp_path):
    rng = np.random.default_rng(0)
    first, second = rng.dirichlet(np.ones(3), size=(2, 3))
    written = Predictions.of_views(
        cases.assign(label=[2, 0, 1]), first[..., np.newaxis], THREE, other_seeds=[second]
    )
    assert list(written.frame.columns[-3:]) == [f"seed2_{name}" for name in THREE["classes"]]
    write_predictions(tmp_path / "mlp.csv", written)
    read = read_predictions(tmp_path / "mlp.csv")
    assert not read.augmented
    for found, made in zip(read.trainings, (first, second), strict=True):
        np.testing.assert_array_equal(found, made)


def test_of_two_classes_the_negative_one_is_the_rest(predictions):
    assert predictions.probabilities().tolist() == [[0.7, 0.3], [0.9, 0.1], [0.0, 1.0]]
    assert not Predictions(predictions.frame.iloc[:, :5], PROVENANCE).augmented


def test_a_label_of_no_class_is_not_written(cases, tmp_path):
    by_view = np.full((3, 3, 1), 1 / 3)
    with pytest.raises(ValueError, match="none of 0 to 2"):
        write_predictions(
            tmp_path / "mlp.csv", Predictions.of_views(cases.assign(label=3), by_view, THREE)
        )
