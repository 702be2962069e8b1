"""Models that were trained several times, which differ in skill or in what they find hard."""

import numpy as np
import pytest
from scipy.special import expit

from pipeline.evaluation.comparison import compare
from pipeline.evaluation.metrics import METRICS, main_metrics
from pipeline.evaluation.score import measure, model_metrics
from pipeline.evaluation.trainings import OverTrainings, difference, seeds_of

INTERVALS = {"n_bootstrap": 300, "confidence": 0.95, "seed": 0}
LABELS = np.arange(160) % 2
PATIENTS = np.arange(160) // 2
AUC = [METRICS["auc"]]


@pytest.fixture
def train(binary):
    """Return a maker of trainings that differ in skill, or in what they find hard, or in both."""

    def make(generator, n=3, *, skill=1.0, shared=None, by_seed=0.0, by_case=0.0):
        cases = generator.normal(size=LABELS.size) if shared is None else shared
        return [
            binary(
                LABELS,
                expit(
                    cases
                    + LABELS * (skill + by_seed * generator.normal())
                    + by_case * generator.normal(size=LABELS.size)
                ),
                PATIENTS,
            )
            for _ in range(n)
        ]

    return make


def test_figures_are_means_over_the_trainings(train):
    trainings = train(np.random.default_rng(0), by_seed=0.5, by_case=0.5)
    metrics = main_metrics(trainings[0].task)
    found = measure(trainings, metrics, INTERVALS).estimates
    each = [measure([one], metrics, INTERVALS).estimates for one in trainings]
    for name, figure in found.items():
        values = [one[name].value for one in each]
        assert figure.value == pytest.approx(np.mean(values))
        assert figure.seeds_sd == pytest.approx(np.std(values, ddof=1))
        assert figure.low < figure.value < figure.high
        assert 0 <= figure.seeds_share <= 1
        assert "seeds_sd" not in each[0][name].model_dump(exclude_unset=True)


def test_equal_trainings_are_one(train):
    (once,) = train(np.random.default_rng(1), 1)
    metrics = main_metrics(once.task)
    alone, thrice = (measure([once] * n, metrics, INTERVALS).estimates for n in (1, 3))
    for name, figure in alone.items():
        again = thrice[name]
        assert (again.value, again.low, again.high) == pytest.approx(
            (figure.value, figure.low, figure.high)
        )
        assert (again.seeds_sd, again.seeds_share) == pytest.approx((0, 0), abs=1e-9)


def test_how_often_a_model_was_trained_is_written_where_it_was_more_than_once(train):
    trainings = train(np.random.default_rng(2))
    assert model_metrics(trainings, 0.5, INTERVALS).trainings == 3
    once = model_metrics(trainings[:1], 0.5, INTERVALS)
    assert once.trainings == 1
    assert "trainings" not in once.model_dump(exclude_unset=True)


def test_what_trainings_find_hard_is_of_the_patients_and_their_skill_of_the_seeds(train):
    generator = np.random.default_rng(3)

    def mean_part(**differ):
        found = [OverTrainings.of(train(generator, **differ), AUC, INTERVALS) for _ in range(40)]
        parts = [each.seeds("auc").variance for each in found]
        assert found[0].seeds("auc").freedom == 2
        return np.mean(parts), np.mean([each.values("auc").var(ddof=1) / 3 for each in found])

    part, whole = mean_part(by_case=0.7)
    assert part < 0.5 * whole
    part, whole = mean_part(by_seed=0.7)
    assert part > 0.8 * whole


@pytest.mark.parametrize("differ", [{"by_case": 0.7}, {"by_seed": 0.4}])
def test_one_arm_under_two_names_is_seldom_said_to_differ(train, differ):
    """Trained with other seeds: of 120 studies about 6 are expected below 0.05."""
    generator = np.random.default_rng(4)
    called = 0
    for _ in range(120):
        shared = generator.normal(size=LABELS.size)
        models = {name: train(generator, shared=shared, **differ) for name in "ab"}
        (pair,) = compare(models, {**INTERVALS, "n_bootstrap": 100}, margin=0.02)
        called += pair.auc.p < 0.05
        assert (pair.better is None) == (pair.auc.p >= 0.05)
    assert called <= 12


def test_the_interval_of_a_difference_is_widened_by_the_seeds_of_both(train):
    generator = np.random.default_rng(5)
    first, second = (
        OverTrainings.of(train(generator, by_seed=0.7), AUC, INTERVALS) for _ in range(2)
    )
    part = seeds_of(first, second, "auc")
    assert part.variance == pytest.approx(
        first.seeds("auc").variance + second.seeds("auc").variance
    )
    found = difference(first, second, "auc", 0.95)
    once = (OverTrainings(model.each[:1], model.metrics) for model in (first, second))
    single = difference(*once, "auc", 0.95)
    assert found.value == pytest.approx(first.value("auc") - second.value("auc"))
    assert found.seeds_share > 0
    assert single.seeds_share is None
    assert found.low < found.value < found.high
