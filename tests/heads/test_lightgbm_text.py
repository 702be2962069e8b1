import re

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heads.lightgbm_text import checked


@pytest.fixture(scope="module", params=[2, 3])
def model(request):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, request.param, 200)
    embeddings = rng.standard_normal((200, 6)) + labels[:, None]
    settings = (
        {"objective": "binary"}
        if request.param == 2
        else {"objective": "multiclass", "num_class": request.param}
    )
    data = lgb.Dataset(embeddings, labels)
    booster = lgb.train({**settings, "verbosity": -1, "num_leaves": 7}, data, num_boost_round=5)
    return booster.model_to_string(), embeddings


def predict(text, embeddings):
    return lgb.Booster(model_str=text).predict(embeddings, raw_score=True)


def test_a_sound_model_predicts_the_same(model):
    text, embeddings = model
    np.testing.assert_array_equal(
        predict(checked(text), embeddings), predict(text, embeddings), strict=True
    )
    assert checked(checked(text)) == checked(text)


def test_trees_of_one_leaf_are_sound():
    text = "\n".join(
        [
            *("tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0"),
            *("max_feature_idx=1", "objective=binary sigmoid:1", "feature_names=a b"),
            *(
                "feature_infos=none none",
                "",
                "Tree=0",
                "num_leaves=1",
                "num_cat=0",
                "split_feature=",
            ),
            *("leaf_value=0.25", "is_linear=0", "shrinkage=1", "", "", "end of trees", ""),
        ]
    )
    assert predict(checked(text), np.zeros((2, 2))).tolist() == [0.25, 0.25]


@pytest.mark.parametrize(
    ("line", "altered"),
    [
        (r"num_class=\d", "num_class=1000000000"),
        (r"num_tree_per_iteration=\d", "num_tree_per_iteration=7"),
        (r"max_feature_idx=\d", "max_feature_idx=2000000000"),
        (r"objective=\w+", "objective=lambdarank"),
        (r"num_leaves=\d+", "num_leaves=1000000000"),
        (r"num_leaves=\d+", "num_leaves=-5"),
        (r"num_cat=0", "num_cat=3"),
        (r"is_linear=0", "is_linear=1"),
        (r"split_feature=\d+", "split_feature=6"),
        (r"split_feature=\d+", "split_feature=-1"),
        (r"left_child=-?\d+", "left_child=0"),
        (r"left_child=-?\d+", "left_child=99"),
        (r"right_child=-?\d+", "right_child=-99"),
        (r"decision_type=\d+", "decision_type=1"),
        (r"threshold=\S+", "threshold=nan"),
        (r"leaf_value=\S+", "leaf_value=inf"),
        (r"leaf_value=\S+", "leaf_value=1_0"),
        (r"leaf_value=\S+", "leaf_value="),
        (r"Tree=1", "Tree=2"),
        (r"end of trees", "end of tree"),
        (r"shrinkage=1", "shrinkage=1\nshrinkage=2"),
    ],
)
def test_what_would_lead_the_parser_astray_is_refused(model, line, altered):
    text, _ = model
    changed = re.sub(line, altered, text, count=1)
    assert changed != text
    with pytest.raises((ValueError, KeyError)):
        checked(changed)


def test_more_features_than_any_backbone_gives_are_refused(model):
    text, _ = model
    count = 1_000_001
    text = text.replace("max_feature_idx=5", f"max_feature_idx={count - 1}")
    for name, value in (("feature_names", "a "), ("feature_infos", "none ")):
        text = re.sub(f"{name}=.*", f"{name}={(value * count).strip()}", text)
    with pytest.raises(ValueError, match="its header contradicts itself"):
        checked(text)


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_whatever_is_altered_is_refused_or_predicts_numbers(model, data):
    text, embeddings = model
    at = data.draw(st.integers(0, text.index("end of trees")))
    length = data.draw(st.integers(0, 6))
    piece = data.draw(st.text(alphabet="0123456789-+.e =\nnaif", max_size=6))
    try:
        sound = checked(text[:at] + piece + text[at + length :])
    except (ValueError, KeyError):
        return
    try:
        predicted = predict(sound, embeddings)
    except lgb.basic.LightGBMError:
        return
    assert np.isfinite(predicted).all()
