"""What holds for every head of three classes."""

import dataclasses
from inspect import signature

import numpy as np
import pytest
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression as Reference
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

from heads import HEADS, get_head, load_head
from heads.calibration import Calibration
from heads.class_weights import class_weights, weighted_log_loss
from heads.ensemble import Ensemble
from heads.examples import Examples
from radbank.files import sha256_file

every_head = pytest.mark.parametrize("name", HEADS)


@pytest.fixture
def make_three():
    """Return a maker of examples whose first three features tell three classes apart."""

    def make(n=300, *, effect=3.0, seed=0):
        rng = np.random.default_rng(seed)
        labels = rng.choice(3, n, p=[0.5, 0.3, 0.2])
        embeddings = rng.normal(size=(n, 1, 12)) + effect * np.eye(3, 12)[labels][:, np.newaxis]
        embeddings = np.concatenate([embeddings, embeddings + 0.1], axis=1)
        return Examples(
            embeddings=embeddings.astype(np.float32),
            labels=labels,
            groups=np.array([f"patient-{i // 2}" for i in range(n)], dtype=object),
            folds=np.arange(n) // 2 % 5,
        )

    return make


def macro_auc(head, examples):
    said = head.predict_proba(examples.plain)
    return roc_auc_score(examples.labels, said, multi_class="ovr")


@every_head
def test_it_learns_three_classes(name, make_head, make_three):
    head = make_head(name).fit(make_three(), make_three(150, seed=1))
    unseen = make_three(300, seed=2)
    assert macro_auc(head, unseen) > 0.93
    said = head.predict_proba(unseen.plain)
    assert said.shape == (300, 3)
    np.testing.assert_allclose(said.sum(axis=1), 1)
    by_view = head.predict_views(unseen.embeddings)
    assert by_view.shape == (300, 3, 2)
    np.testing.assert_array_equal(by_view[..., 0], said)


@every_head
def test_permuted_labels_teach_nothing(name, make_head, make_three):
    rng = np.random.default_rng(3)

    def permuted(n, seed):
        examples = make_three(n, seed=seed)
        return dataclasses.replace(examples, labels=rng.permutation(examples.labels))

    head = make_head(name).fit(permuted(400, 0), permuted(200, 1))
    assert abs(macro_auc(head, permuted(2000, 2)) - 0.5) < 0.05


@every_head
def test_a_saved_head_predicts_the_same(name, make_head, make_three, tmp_path):
    head = make_head(name).fit(make_three(), make_three(150, seed=1))
    head.save(tmp_path)
    loaded = get_head(name).load(tmp_path)
    plain = make_three(50, seed=2).plain
    np.testing.assert_array_equal(loaded.predict_proba(plain), head.predict_proba(plain))


@pytest.mark.parametrize(
    "name", [name for name in HEADS if "class_weight" in signature(get_head(name)).parameters]
)
def test_balanced_weights_lift_the_rarest_class(name, make_head, make_three):
    train, validation = make_three(effect=1.0), make_three(150, effect=1.0, seed=1)
    # at its own rate the linear probe hardly leaves its start
    rate = {"learning_rate": 0.1} if name == "linear_probe" else {}
    plain, balanced = (
        make_head(name, class_weight=mode, **rate)
        .fit(train, validation)
        .predict_proba(validation.plain)[:, 2]
        .mean()
        for mode in (None, "balanced")
    )
    assert plain + 0.01 < balanced


def test_logistic_regression_is_the_multinomial_one(make_head, make_three):
    # the penalised loss has one smallest value; where it lies, optimisers agree to fewer digits
    train = make_three()
    head = make_head("logistic_regression", C=[0.1]).fit(train, train)
    X = StandardScaler().fit_transform(train.plain.astype(np.float64))
    weight = class_weights(train.labels, "balanced")[train.labels]

    def loss(coefficients, intercepts):
        logits = X @ coefficients.T + intercepts
        log_likelihood = log_softmax(logits, axis=1)[np.arange(len(X)), train.labels]
        return -weight @ log_likelihood + (coefficients**2).sum() / (2 * 0.1)

    reference = Reference(
        C=0.1, class_weight="balanced", solver="newton-cg", tol=1e-9, max_iter=5000
    ).fit(X, train.labels)
    smallest = loss(reference.coef_, reference.intercept_)
    arrays = head.arrays_
    assert loss(arrays["coefficients"], arrays["intercepts"]) == pytest.approx(smallest, rel=1e-7)
    assert loss(1.001 * reference.coef_, reference.intercept_) > smallest * (1 + 1e-7)
    np.testing.assert_allclose(
        head.predict_proba(train.plain),
        softmax(X @ arrays["coefficients"].T + arrays["intercepts"], axis=1),
        atol=1e-9,
    )


def test_the_penalty_is_the_one_with_the_smallest_held_out_log_loss(make_head, make_three):
    train = make_three(effect=1.0)
    weight = class_weights(train.labels, "balanced")[train.labels]

    def held_out_loss(C):
        said = np.empty((len(train), 3))
        for fold in range(5):
            inside = train.take(train.folds != fold)
            scaler = StandardScaler().fit(inside.plain.astype(np.float64))
            model = Reference(C=C, class_weight="balanced", tol=1e-5, max_iter=5000)
            model.fit(scaler.transform(inside.plain.astype(np.float64)), inside.labels)
            rows = train.folds == fold
            said[rows] = model.predict_proba(scaler.transform(train.plain[rows]))
        return log_loss(train.labels, said, sample_weight=weight)

    path = [0.0001, 0.01, 1.0]
    head = make_head("logistic_regression", C=path).fit(train, train)
    losses = [held_out_loss(C) for C in path]
    assert head.chosen()["C"] == path[int(np.argmin(losses))]
    assert head.chosen()["cross_validated_log_loss"] == pytest.approx(min(losses), rel=1e-3)


def test_the_linear_probe_says_that_it_has_an_output_a_class(make_head, make_three):
    head = make_head("linear_probe").fit(make_three(), make_three(seed=1))
    assert head.chosen()["outputs"].startswith("3, one a class")


def test_class_weights_give_every_class_the_same_sum():
    labels = np.array([0, 0, 0, 1, 1, 2])
    weights = class_weights(labels, "balanced")
    assert weights.tolist() == pytest.approx([2 / 3, 1, 2])
    assert class_weights(labels, None).tolist() == [1, 1, 1]


def test_the_weighted_log_loss_is_scikit_learns():
    rng = np.random.default_rng(0)
    said, labels = softmax(rng.normal(size=(60, 3)), axis=1), np.arange(60) % 3
    weights = np.array([0.5, 1.0, 3.0])
    expected = log_loss(labels, said, sample_weight=weights[labels])
    assert weighted_log_loss(said, labels, weights) == pytest.approx(expected)


def test_calibration_survives_certainty_and_views():
    said = np.eye(3)[np.arange(30) % 3]
    found = Calibration.fit(said, np.arange(30) % 3)
    by_view = np.stack([said, said], axis=-1)
    calibrated = found.of_classes(by_view)
    assert calibrated.shape == (30, 3, 2)
    assert np.isfinite(log_softmax(calibrated, axis=1)).all()
    np.testing.assert_allclose(calibrated.sum(axis=1), 1)
    np.testing.assert_allclose(calibrated[..., 0], found.of_classes(said))


def test_the_ensemble_averages_calibrated_members(make_head, make_three, tmp_path):
    train, validation = make_three(effect=1.5), make_three(150, effect=1.5, seed=1)
    names = ("logistic_regression", "mlp")
    members = {name: make_head(name).fit(train, validation) for name in names}
    ensemble = Ensemble.of(members, validation)
    unseen = make_three(200, effect=1.5, seed=2)
    each = [
        ensemble.calibrations[name].of_classes(head.predict_proba(unseen.plain))
        for name, head in members.items()
    ]
    said = ensemble.predict_proba(unseen.plain)
    np.testing.assert_allclose(said, np.mean(each, axis=0))
    assert "intercepts" in ensemble.chosen()["mlp"]
    ensemble.save(tmp_path)
    loaded = load_head("ensemble", tmp_path)
    np.testing.assert_array_equal(loaded.predict_proba(unseen.plain), said)
    again = tmp_path / "again"
    again.mkdir()
    loaded.save(again)
    assert sha256_file(again / "ensemble.json") == sha256_file(tmp_path / "ensemble.json")
