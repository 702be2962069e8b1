"""An arm beside the head: the same training sets, the same test images, nothing else of either."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.artifacts.cases import Cases
from pipeline.artifacts.images import PreparedImages
from pipeline.finetuning.cohort import ImageCohort
from pipeline.robustness.arms import OF_LABELS, OF_PATIENTS, ArmBench
from pipeline.robustness.labels import noisy_labels
from pipeline.robustness.patients import fewer_patients
from pipeline.statistics.auc import auc_difference
from pipeline.statistics.scored_cases import ScoredCases

SPLITS = ("train", "validation", "test")


class Watched:
    """Knows the test images' classes with some noise, and keeps what it was to be trained on."""

    class arm:  # noqa: N801
        name = "finetune-modern"

    def __init__(self):
        self.seen = []

    def probabilities(self, cohort):
        self.seen.append(cohort)
        labels = cohort.table["label"].to_numpy()
        score = np.random.default_rng(0).normal(labels, 1.0)
        positive = 1 / (1 + np.exp(-score))
        return np.column_stack([1 - positive, positive])


def side_by_side(bench):
    """Return the arm bench of a bench; the images are stored in another order than its own."""
    parts = [getattr(bench, name) for name in SPLITS]
    cases = pd.DataFrame(
        {
            "id": [
                f"{name}-{i:03d}"
                for name, part in zip(SPLITS, parts, strict=True)
                for i in range(len(part))
            ],
            "group": np.concatenate([part.groups for part in parts]),
            "label": np.concatenate([part.labels for part in parts]),
            "split": np.repeat(SPLITS, [len(part) for part in parts]),
            "fold": np.concatenate([part.folds for part in parts]),
        }
    )
    stored = cases.sample(frac=1, random_state=0, ignore_index=True)
    pixels = np.zeros((len(stored), 4, 4), np.uint8)
    digests = [hashlib.sha256(each.tobytes()).hexdigest() for each in pixels]
    store = PreparedImages(stored["id"].tolist(), digests, pixels, 4, synthetic=True)
    frame = cases.assign(synthetic=True)
    splits = stored[["id", "group", "split", "fold"]]
    cohort = ImageCohort.of(store, Cases(frame, ("no", "yes")), splits)
    return ArmBench(bench, cases, "test", cohort, Watched())


@pytest.fixture
def watched(bench):
    return side_by_side(bench)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=st.floats(0.02, 1))
def test_patients_of_validation_and_test_are_never_trained_on(watched, share):
    watched.retraining.seen.clear()
    watched.patients([share])
    if share < 1:
        watched.missed([share])
    for cohort in watched.retraining.seen:
        sides = {name: set(cohort.table["group"][cohort.table["split"] == name]) for name in SPLITS}
        assert not sides["train"] & (sides["validation"] | sides["test"])
        whole = watched.cohort.table
        for name in ("validation", "test"):
            kept = cohort.table["split"] == name
            pd.testing.assert_frame_equal(
                cohort.table[kept].reset_index(drop=True),
                whole[whole["split"] == name].reset_index(drop=True),
            )


def test_the_patients_are_those_of_the_heads_first_draw(watched, monkeypatch):
    drawn = []
    metrics = type(watched.bench).metrics

    def keep(bench, train):
        drawn.append(set(train.groups))
        return metrics(bench, train)

    monkeypatch.setattr(type(watched.bench), "metrics", keep)
    fewer_patients(watched.bench, [0.1, 0.5], repeats=3)
    of_head = [drawn[0], drawn[3]]  # the first of three draws of each share
    table = watched.patients([0.5, 0.1])
    of_arm = [
        set(cohort.table["group"][cohort.table["split"] == "train"])
        for cohort in watched.retraining.seen
    ]
    assert of_arm == of_head
    assert drawn[6:] == of_head  # what the head is trained on for the difference
    assert list(table.columns) == OF_PATIENTS
    assert table["share"].tolist() == [0.1, 0.5]
    assert table["patients"].tolist() == [len(names) for names in of_arm]
    assert (table["images"] == 2 * table["patients"]).all()


def test_the_same_positives_are_missed_as_for_the_head(watched, monkeypatch):
    seen = []
    metrics = type(watched.bench).metrics

    def keep(bench, train):
        seen.append(train)
        return metrics(bench, train)

    monkeypatch.setattr(type(watched.bench), "metrics", keep)
    noisy_labels(watched.bench, [0.3], repeats=1)
    of_head = seen[1]  # after the flipped ones
    table = watched.missed([0.3])
    (cohort,) = watched.retraining.seen
    label_of = cohort.table.set_index("id")["label"]
    ids = watched.cases["id"][watched.cases["split"] == "train"]
    assert label_of[ids].tolist() == of_head.labels.tolist()
    assert seen[-1].labels.tolist() == of_head.labels.tolist()
    assert list(table.columns) == OF_LABELS
    assert table["kind"].tolist() == ["missed"]


def test_the_difference_is_paired_on_the_test_images_as_they_are_ordered(watched):
    bench = watched.bench
    (row,) = watched.patients([1.0]).to_dict("records")
    (cohort,) = watched.retraining.seen
    said = pd.DataFrame(watched.retraining.probabilities(cohort), index=cohort.table["id"])
    ids = watched.cases["id"][watched.cases["split"] == "test"]
    arm = ScoredCases.of(bench.test.labels, said.loc[ids].to_numpy(), bench.test.groups)
    head = bench.metrics(bench.train)
    expected = auc_difference([arm.one_vs_rest(1)], head.one_vs_rest, bench.confidence)
    assert row["difference"] == pytest.approx(expected.value)
    assert (row["difference_low"], row["difference_high"]) == (expected.low, expected.high)
    assert row["low"] < row["value"] < row["high"]
    (whole,) = fewer_patients(bench, [1.0], 1)["value"]
    assert row["value"] - whole == pytest.approx(expected.value)


def test_of_more_than_two_classes_no_positive_is_missed(watched):
    bench = watched.bench
    bench.train.labels[:6] = 2
    assert watched.missed([0.1]).empty
    assert watched.retraining.seen == []
