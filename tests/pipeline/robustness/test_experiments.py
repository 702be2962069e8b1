import zlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.classified import Weighted
from pipeline.evaluation.metrics import METRICS
from pipeline.robustness.balance import shifted_balance
from pipeline.robustness.bench import of_patients, patients_by_class
from pipeline.robustness.labels import noisy_labels
from pipeline.robustness.patients import fewer_patients
from pipeline.robustness.suspects import out_of_fold


def test_bands_hold_their_values(bench):
    tables = [
        fewer_patients(bench, [0.1, 1.0], 3),
        noisy_labels(bench, [0.0, 0.2], 2),
        shifted_balance(bench, [0.3, 0.7], 2),
    ]
    for table in tables:
        assert (table["low"] < table["value"]).all()
        assert (table["value"] < table["high"]).all()


def test_a_band_that_does_not_vary_has_no_ends(bench):
    certain = replace(bench, test=easy(bench.test))
    band = certain.band([certain.metrics(certain.train)], "auc")
    assert band.value == 1
    assert np.isnan([band.low, band.high]).all()


def easy(test):
    """Make the classes of the test images so unlike that any head tells them apart."""
    embeddings = test.embeddings.copy()
    embeddings[:, 0, :3] += 100 * test.labels[:, np.newaxis]
    return replace(test, embeddings=embeddings)


def test_more_patients_teach_more_and_the_whole_is_the_head_itself(bench):
    table = fewer_patients(bench, [1.0, 0.05], 3)
    assert table["share"].tolist() == [0.05, 1.0]
    assert table["patients"].tolist() == [7, 150]
    assert table["images"].tolist() == [14, 300]
    assert table["value"][1] > table["value"][0]
    whole = METRICS["auc"].values(Weighted(bench.metrics(bench.train), np.ones((1, 200))))[0]
    assert table["value"][1] == pytest.approx(whole)


def test_wrong_labels_cost_more_than_missing_ones_and_are_found(bench):
    table = noisy_labels(bench, [0.0, 0.3], 3).set_index(["kind", "share"])
    assert table.loc[("flipped", 0.0), "value"] == table.loc[("dropped", 0.0), "value"]
    assert table.loc[("flipped", 0.3), "value"] < table.loc[("dropped", 0.3), "value"]
    assert table.loc[("flipped", 0.3), "found"] > 0.6
    assert table.loc[("flipped", 0.3), "right"] > 0.6
    assert pd.isna(table.loc[("dropped", 0.3), "found"])


def test_positives_written_down_as_negatives_cost_and_are_found(bench):
    table = noisy_labels(bench, [0.0, 0.4], 3).set_index(["kind", "share"])
    assert list(dict.fromkeys(kind for kind, _ in table.index)) == ["flipped", "missed", "dropped"]
    assert table.loc[("missed", 0.0), "value"] == table.loc[("flipped", 0.0), "value"]
    assert table.loc[("missed", 0.4), "value"] < table.loc[("dropped", 0.4), "value"]
    assert table.loc[("missed", 0.4), "found"] > 0.5


def test_only_positives_are_missed(bench, monkeypatch):
    seen = []
    monkeypatch.setattr(type(bench), "metrics", watched(seen, type(bench).metrics))
    noisy_labels(bench, [0.25], 1)
    _, missed, _ = seen
    changed = missed.labels != bench.train.labels
    assert bench.train.labels[changed].all()
    assert changed.sum() == round(0.25 * bench.train.labels.sum())


def watched(seen, metrics):
    """Keep the training sets that a bench is given."""

    def keep(bench, train):
        seen.append(train)
        return metrics(bench, train)

    return keep


def test_accuracy_moves_with_the_balance_of_the_test_as_bayes_says(bench):
    table = shifted_balance(bench, [0.2, 0.5, 0.8], 1)
    accuracy = table[table["metric"] == "accuracy"].set_index(["training", "test"])["value"]
    for training in (0.2, 0.5, 0.8):
        # sensitivity and specificity stay, so accuracy is linear in the share of positives
        line = accuracy[training]
        assert line[0.5] == pytest.approx((line[0.2] + line[0.8]) / 2)


def test_patients_are_sorted_by_their_worst_image(bench):
    negative, positive = patients_by_class(bench.train)
    assert len(negative) + len(positive) == 150
    part = of_patients(bench.train, positive[:2])
    assert len(part) == 4
    assert part.labels.all()


def test_the_same_seed_gives_the_same_tables(bench):
    pd.testing.assert_frame_equal(noisy_labels(bench, [0.1], 2), noisy_labels(bench, [0.1], 2))


def test_names_of_patients_decide_nothing(bench):
    train = bench.train
    renamed = np.array([f"{zlib.crc32(name.encode())}" for name in train.groups], dtype=object)
    other = replace(bench, train=replace(train, groups=renamed))
    pd.testing.assert_frame_equal(
        *(fewer_patients(each, [0.3], 2) for each in (bench, other)), check_exact=True
    )
    np.testing.assert_array_equal(*(out_of_fold(each, each.train) for each in (bench, other)))
