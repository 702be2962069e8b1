"""An arm in cross-validation: no patient on two sides, and nothing known of the fold."""

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heads.examples import Examples
from pipeline.finetuning.folds import out_of_fold, without_official
from pipeline.splitting.partition import Plan
from pipeline.splitting.resampling import cross_validate

PLAN = Plan(test=0, validation=0.25, folds=3, seed=1)


class Watched:
    """Answers at random, and keeps the cohorts that it was to be trained on."""

    def __init__(self):
        self.seen = []

    def probabilities(self, cohort):
        self.seen.append(cohort)
        positive = np.random.default_rng(len(self.seen)).random(len(cohort.table))
        return np.column_stack([1 - positive, positive])


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 1000), per_patient=st.integers(1, 3))
def test_no_patient_of_the_fold_is_trained_or_validated_on(image_cohort, seed, per_patient):
    cohort, watched = image_cohort(60, per_patient), Watched()
    found = out_of_fold(cohort, watched, replace(PLAN, seed=seed))
    assert len(watched.seen) == PLAN.folds
    row = dict(zip(cohort.table["row"], cohort.table["group"], strict=True))
    for number, given_ in enumerate(watched.seen):
        held_out = set(cohort.table["group"][found.fold[0] == number])
        learned, stopped = (
            {row[each] for each in given_.of_split(name).rows.tolist()}
            for name in ("train", "validation")
        )
        assert not held_out & learned
        assert not held_out & stopped
        assert not learned & stopped
        assert held_out | learned | stopped == set(cohort.table["group"])
        assert (given_.table["fold"] >= 0).equals(given_.table["split"] == "train")
    assert set(found.fold[0]) == set(range(PLAN.folds))
    assert np.isfinite(found.probability).all()


def test_the_folds_are_those_of_the_heads_first_repeat(image_cohort):
    cohort = image_cohort()
    table, n = cohort.table, len(cohort.table)
    examples = Examples(
        embeddings=np.arange(n, dtype=np.float32).reshape(n, 1, 1),
        labels=table["label"].to_numpy(),
        groups=table["group"].to_numpy(object),
        folds=np.full(n, -1),
    )
    watched = Watched()
    found = out_of_fold(cohort, watched, PLAN)
    heads = list(cross_validate(examples, PLAN, 2, classes=("no", "yes")))[: PLAN.folds]
    for head, arm in zip(heads, watched.seen, strict=True):
        assert np.flatnonzero(found.fold[0] == head.number).tolist() == head.held_out.tolist()
        for name, part in (("train", head.train), ("validation", head.validation)):
            rows = np.flatnonzero(arm.table["split"] == name)
            assert rows.tolist() == part.plain[:, 0].astype(int).tolist()
            assert arm.table["fold"][rows].tolist() == part.folds.tolist()


def test_a_test_set_that_came_with_the_data_stays_unseen(image_cohort):
    cohort, watched = image_cohort(), Watched()
    found = out_of_fold(without_official(cohort), watched, PLAN)
    frame = cohort.cases.frame
    official = set(frame["id"][frame["official_split"] == "test"])
    assert official
    assert set(found.cases["id"]) == set(frame["id"]) - official
    assert all(not official & set(given_.table["id"]) for given_ in watched.seen)


def test_thresholds_are_chosen_outside_the_fold(image_cohort):
    cohort, watched = image_cohort(), Watched()
    found = out_of_fold(cohort, watched, PLAN)
    for number in range(PLAN.folds):
        assert len(set(found.threshold[0, found.fold[0] == number])) == 1


def test_what_is_said_of_a_fold_does_not_depend_on_its_images_but_one_by_one(image_cohort, again):
    """Another image in a fold changes what is said of that image there, and of no other one."""
    cohort = image_cohort()
    before, watched = out_of_fold(cohort, again, PLAN), Watched()
    out_of_fold(cohort, watched, PLAN)
    held_out_then_trained_on = (watched.seen[0].table["split"] == "test") & (
        watched.seen[1].table["split"] == "train"
    )
    moved = np.flatnonzero(held_out_then_trained_on)[0]
    pixels = cohort.store.pixels.copy()
    pixels[moved] = 255 - pixels[moved]
    after = out_of_fold(image_cohort(pixels=pixels), again, PLAN)
    changed = (before.probability != after.probability).any(axis=-1)[0]
    inside = before.fold[0] == 0
    assert np.flatnonzero(changed & inside).tolist() == [moved]
    assert changed[before.fold[0] == 1].any()
