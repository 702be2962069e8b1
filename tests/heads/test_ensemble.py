import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from heads import load_head
from heads.ensemble import Ensemble
from radbank.errors import RadbankError
from radbank.files import sha256_file

NAMES = ("logistic_regression", "lightgbm", "mlp")


@pytest.fixture
def ensemble(make_head, make_examples):
    train, validation = make_examples(effect=1.5), make_examples(100, effect=1.5, seed=1)
    members = {name: make_head(name).fit(train, validation) for name in NAMES}
    return Ensemble.of(members, validation)


def test_it_is_the_mean_of_calibrated_members(ensemble, make_examples):
    unseen = make_examples(400, effect=1.5, seed=2)
    each = [
        ensemble.calibrations[name].of_classes(head.predict_proba(unseen.plain))[:, 1]
        for name, head in ensemble.members.items()
    ]
    said = ensemble.predict_proba(unseen.plain)
    np.testing.assert_allclose(said[:, 1], np.mean(each, axis=0))
    np.testing.assert_allclose(said.sum(axis=1), 1)
    aucs = [roc_auc_score(unseen.labels, one) for one in each]
    assert roc_auc_score(unseen.labels, said[:, 1]) >= np.mean(aucs)
    assert set(ensemble.chosen()) == set(NAMES)
    assert ensemble.imbalance


def test_a_saved_ensemble_predicts_the_same(ensemble, make_examples, tmp_path):
    ensemble.save(tmp_path)
    loaded = load_head("ensemble", tmp_path)
    embeddings = make_examples(30, seed=3).embeddings
    np.testing.assert_array_equal(
        loaded.predict_views(embeddings), ensemble.predict_views(embeddings)
    )
    assert not loaded.average_views
    again = tmp_path / "again"
    again.mkdir()
    loaded.save(again)
    for path in again.rglob("*.*"):
        assert sha256_file(path) == sha256_file(tmp_path / path.relative_to(again))


def test_one_member_that_averages_views_makes_all_average(make_head, make_examples):
    train, validation = make_examples(), make_examples(100, seed=1)
    members = {
        name: make_head(name, average_views=name == "mlp").fit(train, validation)
        for name in NAMES[1:]
    }
    assert Ensemble.of(members, validation).average_views


def test_a_folder_without_it_is_refused(tmp_path):
    with pytest.raises(RadbankError, match=r"no trained ensemble: ensemble\.json is missing"):
        Ensemble.load(tmp_path)


def test_settings_larger_than_any_are_refused_unread(ensemble, tmp_path):
    ensemble.save(tmp_path)
    with (tmp_path / "ensemble.json").open("ab") as file:
        file.write(b" " * 2**24)
    with pytest.raises(RadbankError, match=r"ensemble\.json is damaged"):
        load_head("ensemble", tmp_path)
