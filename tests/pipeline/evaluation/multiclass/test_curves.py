import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import auc, roc_auc_score

from pipeline.evaluation.curves import roc
from pipeline.evaluation.multiclass.cases import ClassCases
from pipeline.evaluation.multiclass.curves import (
    class_confusion,
    class_roc,
    macro_roc,
    top_label,
)

NAMES = ("a", "b", "c")


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), levels=st.sampled_from([3, 100]))
def test_the_area_of_the_mean_curve_is_the_macro_auc(seed, levels):
    rng = np.random.default_rng(seed)
    labels = np.concatenate([[0, 1, 2], rng.integers(0, 3, 30)])
    said = rng.integers(1, levels + 1, (33, 3)) + 0.5 * np.eye(3)[labels]
    said /= said.sum(axis=1, keepdims=True)
    curve = macro_roc(ClassCases.of(labels, said, np.arange(33)))
    assert (np.diff(curve["fpr"]) >= 0).all()
    assert (np.diff(curve["tpr"]) >= -1e-12).all()
    assert curve.iloc[0]["fpr"] == 0
    assert curve.iloc[-1].tolist() == [1, 1]
    area = auc(curve["fpr"], curve["tpr"])
    assert area == pytest.approx(roc_auc_score(labels, said, multi_class="ovr"))


def test_each_class_has_its_curve(make_cases):
    cases = make_cases()
    curves = class_roc(cases, NAMES)
    assert curves["class"].unique().tolist() == list(NAMES)
    for label, name in enumerate(NAMES):
        own = curves[curves["class"] == name][["fpr", "tpr"]].reset_index(drop=True)
        pd.testing.assert_frame_equal(own, roc(cases.against_rest(label)))


def test_without_a_class_there_is_no_mean_curve_and_no_row_of_it(make_cases):
    cases = make_cases()
    part = cases.inside(cases.labels != 1)
    assert macro_roc(part).empty
    assert class_roc(part, NAMES)["class"].unique().tolist() == ["a", "c"]


def test_the_calibration_is_that_of_the_call():
    cases = ClassCases.of([0, 1], [[0.6, 0.3, 0.1], [0.5, 0.2, 0.3]], ["p", "q"])
    top = top_label(cases)
    assert top.labels.tolist() == [1, 0]
    assert top.probabilities.tolist() == [0.6, 0.5]


def test_the_confusion_names_classes(make_cases):
    cases = make_cases()
    table = class_confusion(cases, NAMES)
    assert (table["actual"] == table["predicted"]).mean() == pytest.approx(cases.right.mean())
    assert table["actual"].value_counts().to_dict() == {"a": 30, "b": 30, "c": 30}
