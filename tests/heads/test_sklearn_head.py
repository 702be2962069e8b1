import dataclasses

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from heads.hyperparameters import Count
from heads.sklearn_head import SklearnHead
from radbank.errors import RadbankError
from radbank.files import sha256_file


@dataclasses.dataclass(kw_only=True)
class Forest(SklearnHead):
    name = "forest"
    label = "forest"
    trusted_types = ("sklearn.tree._tree.Tree",)
    trees: Count = 30

    def classifier(self):
        return RandomForestClassifier(self.trees, random_state=self.seed)


@dataclasses.dataclass(kw_only=True)
class Neighbours(SklearnHead):
    name = "neighbours"
    label = "nearest neighbours"
    step: object = None

    def classifier(self):
        steps = [] if self.step is None else [FunctionTransformer(np.negative)]
        return make_pipeline(*steps, KNeighborsClassifier())


def test_a_forest_learns_and_comes_back_the_same(make_examples, tmp_path):
    train, unseen = make_examples(), make_examples(200, seed=2)
    head = Forest(seed=1).fit(train, unseen)
    predicted = head.predict_proba(unseen.plain)
    assert roc_auc_score(unseen.labels, predicted[:, 1]) > 0.95
    np.testing.assert_allclose(predicted.sum(axis=1), 1)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    head.save(tmp_path / "one")
    loaded = Forest.load(tmp_path / "one")
    np.testing.assert_array_equal(loaded.predict_proba(unseen.plain), predicted)
    assert loaded.hyperparameters() == head.hyperparameters()
    assert loaded.chosen() == head.chosen() == {"classifier": "RandomForestClassifier"}
    Forest(seed=1).fit(train, unseen).save(tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert sha256_file(path) == sha256_file(tmp_path / "two" / path.name)


def test_class_weights_reach_the_classifier(make_examples):
    train = make_examples(400, effect=1.0, positive=0.1)
    plain, balanced = (
        Forest(seed=1, class_weight=mode).fit(train, train).classifier_
        for mode in (None, "balanced")
    )
    assert plain.estimators_[0].tree_.value[0, 0, 1] == pytest.approx(0.1, abs=0.05)
    assert balanced.estimators_[0].tree_.value[0, 0, 1] == pytest.approx(0.5, abs=0.15)


def test_all_views_can_be_learned_from(make_examples):
    train = make_examples(100, n_views=3)
    head = Forest(seed=1, augment=True).fit(train, train)
    assert len(head.classifier_.estimators_samples_[0]) == 300


def test_a_classifier_without_weights_needs_none(make_examples):
    train = make_examples(60)
    with pytest.raises(RadbankError, match=r"no weights of images: set heads\.neighbours\.class_w"):
        Neighbours(seed=1).fit(train, train)
    head = Neighbours(seed=1, class_weight=None).fit(train, train)
    assert head.predict_proba(train.plain).shape == (60, 2)


def test_a_type_that_is_not_declared_is_not_loaded(make_examples, tmp_path):
    train = make_examples(60)
    head = Neighbours(seed=1, class_weight=None, step="negative").fit(train, train)
    head.classifier_[0].func = np.fft.ifft
    head.save(tmp_path)
    with pytest.raises(RadbankError, match=r"does not declare in trusted_types.*ifft"):
        Neighbours.load(tmp_path)
