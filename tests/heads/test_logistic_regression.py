import dataclasses

import numpy as np
import pytest
from sklearn import linear_model
from sklearn.decomposition import PCA
from sklearn.metrics import log_loss
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from heads.logistic_regression import LogisticRegression
from radbank.errors import RadbankError

PATH = [1e-4, 1e-2, 1.0, 100.0]


def cold(C):
    return make_pipeline(
        StandardScaler(),
        linear_model.LogisticRegression(C=C, class_weight="balanced", tol=1e-9, max_iter=10_000),
    )


def test_the_warm_path_finds_what_cold_cross_validation_finds(make_examples):
    train = make_examples(200, 30, effect=1.0, positive=0.3)
    head = LogisticRegression(C=PATH[::-1], seed=0).fit(train, train)
    weight = np.where(train.labels == 1, 1 / 0.6, 1 / 1.4)
    losses = []
    for C in PATH:
        probability = cross_val_predict(
            cold(C),
            train.plain.astype(float),
            train.labels,
            cv=PredefinedSplit(train.folds),
            method="predict_proba",
        )
        losses.append(log_loss(train.labels, probability, sample_weight=weight))
    assert head.chosen()["C"] == PATH[int(np.argmin(losses))]
    assert head.chosen()["cross_validated_log_loss"] == pytest.approx(min(losses), abs=1e-3)
    np.testing.assert_allclose(
        head.predict_proba(train.plain),
        cold(head.chosen()["C"])
        .fit(train.plain.astype(float), train.labels)
        .predict_proba(train.plain.astype(float)),
        atol=2e-3,
    )


def test_folds_keep_patients_apart(make_examples):
    # two equal images of each patient, labels by chance: who mixes patients learns them by heart
    rng = np.random.default_rng(0)
    train = make_examples(80, 200, n_views=1)
    train.embeddings[1::2] = train.embeddings[::2]
    labels = rng.integers(0, 2, 40).repeat(2)
    grouped = dataclasses.replace(train, labels=labels)
    mixed = dataclasses.replace(grouped, folds=np.arange(80) % 2)
    chosen = [
        LogisticRegression(C=PATH, seed=0).fit(examples, examples).chosen()["C"]
        for examples in (grouped, mixed)
    ]
    assert chosen[0] <= 0.01
    assert chosen[1] == 100


def test_views_of_an_image_stay_in_its_fold(make_examples):
    rng = np.random.default_rng(0)
    train = make_examples(80, 200, n_views=1)
    train = dataclasses.replace(
        train,
        labels=rng.integers(0, 2, 80),
        embeddings=train.embeddings.repeat(3, axis=1),
    )
    head = LogisticRegression(C=PATH, augment=True, seed=0).fit(train, train)
    assert head.chosen()["C"] <= 0.01


def test_of_equal_losses_the_stronger_penalty_wins(make_examples):
    train = make_examples(60)
    train.embeddings[:] = 1
    assert LogisticRegression(C=[1.0, 0.1], seed=0).fit(train, train).chosen()["C"] == 0.1


def test_a_fold_that_holds_a_whole_class_is_refused(make_examples):
    train = make_examples(40)
    train = dataclasses.replace(train, folds=train.labels)
    with pytest.raises(RadbankError, match="every class outside each fold"):
        LogisticRegression(seed=0).fit(train, train)


def test_principal_components_are_those_of_the_training_rows(make_examples):
    train, test = make_examples(200, 30, effect=2.0), make_examples(100, 30, effect=2.0, seed=1)
    head = LogisticRegression(C=[0.1], pca=0.5, seed=0).fit(train, test)
    assert head.chosen()["components"] < 30
    assert set(head.chosen()) == {"C", "components"}
    reference = make_pipeline(
        StandardScaler(),
        PCA(0.5, svd_solver="full"),
        linear_model.LogisticRegression(C=0.1, class_weight="balanced", tol=1e-5, max_iter=5000),
    ).fit(train.plain.astype(float), train.labels)
    np.testing.assert_allclose(
        head.predict_proba(test.plain), reference.predict_proba(test.plain.astype(float)), atol=1e-9
    )
