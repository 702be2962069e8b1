from dataclasses import replace

import numpy as np
import pandas as pd

from heads.base import by_class
from pipeline.robustness.suspects import list_suspects, out_of_fold, share_found, suspects


def test_confident_contradictions_are_found_worst_first():
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    probability = np.array([0.1, 0.2, 0.1, 0.9, 0.9, 0.8, 0.9, 0.05])
    assert suspects(by_class(probability), labels).tolist() == [7, 3]


def test_weighing_the_classes_does_not_move_the_bar():
    """All probabilities shifted towards one class: the same images stand out."""
    rng = np.random.default_rng(0)
    labels = np.arange(400) % 2
    z = rng.normal(3 * (2 * labels - 1), 0.5)
    z[:10] = -1.5 * z[:10]
    plain, shifted = (1 / (1 + np.exp(-(z + by))) for by in (0, 1.0))
    assert set(range(10)) <= set(suspects(by_class(plain), labels))
    assert set(range(10)) <= set(suspects(by_class(shifted), labels))


def test_planted_errors_are_listed_with_their_ids(bench):
    train = bench.train
    wrong = np.zeros(len(train), dtype=bool)
    wrong[::30] = True
    train = replace(train, labels=np.where(wrong, 1 - train.labels, train.labels))
    cases = pd.DataFrame(
        {"id": [f"i{i}" for i in range(len(train))], "label": train.labels, "split": "train"}
    )
    table = list_suspects(bench, cases, train)
    found, _ = share_found(wrong, table["id"].str[1:].astype(int).to_numpy())
    assert found >= 0.6
    assert list(table.columns) == ["id", "label", "split", "probability"]
    said = np.where(table["label"] == 1, table["probability"], 1 - table["probability"])
    assert (np.diff(said) >= 0).all()


def test_out_of_fold_images_are_not_learned_from(bench):
    """A feature that is each patient's own name is no help on patients never seen."""
    train = replace(bench.train, labels=np.random.default_rng(0).permutation(bench.train.labels))
    probability = out_of_fold(bench, train)[:, 1]
    positive, negative = probability[train.labels == 1], probability[train.labels == 0]
    assert abs(np.mean(positive[:, None] > negative) - 0.5) < 0.12


def test_shares_of_nothing_are_nothing():
    assert share_found(np.zeros(3, bool), np.array([], dtype=np.int64)) == (0.0, 0.0)
