import numpy as np
import pytest

from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.rule import DecisionRule
from pipeline.leaderboard.contrast import accuracy_contrast, auc_contrast, f1_contrast
from pipeline.statistics.auc import auc_difference
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.proportion import share_difference
from pipeline.statistics.scored_cases import ScoredCases

INTERVALS = Intervals(n_bootstrap=300, confidence=0.95, seed=1)
N = 200


def trained(*seeds, skill=0.6):
    """Return a model's trainings on 200 images, a patient each."""
    labels = np.arange(N) % 2

    def one(seed):
        noise = np.random.default_rng(seed).normal(size=N)
        scores = 1 / (1 + np.exp(-(skill * (2 * labels - 1) + noise)))
        cases = ScoredCases.of(labels, np.column_stack([1 - scores, scores]), np.arange(N))
        return ClassifiedCases.of(Task.of(["no", "yes"]), cases, DecisionRule(0.5))

    return [one(seed) for seed in seeds]


def test_of_one_backbone_it_is_the_paired_difference():
    one, other = trained(1), trained(2)
    found = auc_contrast([(one, other)], INTERVALS)
    assert found == auc_difference(one[0].one_vs_rest, other[0].one_vs_rest, 0.95)
    found = accuracy_contrast([(one, other)], INTERVALS)
    known = share_difference(one[0].correct, other[0].correct, one[0].cases, 0.95)
    assert found.model_dump() == pytest.approx(known.model_dump())


@pytest.mark.parametrize("contrast", [auc_contrast, accuracy_contrast])
def test_the_mean_over_backbones_of_one_pair_twice_is_that_pair(contrast):
    pair = (trained(1), trained(2))
    once, twice = (contrast([pair] * n, INTERVALS) for n in (1, 2))
    assert twice.model_dump() == pytest.approx(once.model_dump())


def test_independent_backbones_narrow_the_interval():
    pairs = [(trained(seed), trained(seed + 50)) for seed in range(8)]
    one, all_of_them = (auc_contrast(pairs[:n], INTERVALS) for n in (1, 8))
    assert all_of_them.high - all_of_them.low < 0.5 * (one.high - one.low)


def test_several_trainings_add_what_other_seeds_do():
    pair = (trained(1, 2, 3), trained(4, 5, 6))
    found = auc_contrast([pair], INTERVALS)
    first, second = ([one for each in trainings for one in each.one_vs_rest] for trainings in pair)
    assert found.value == auc_difference(first, second, 0.95).value
    assert found.seeds_share is not None
    assert auc_contrast([(trained(1), trained(4))], INTERVALS).seeds_share is None


@pytest.mark.parametrize("contrast", [auc_contrast, accuracy_contrast])
def test_models_that_agree_in_every_case_support_no_claim(contrast):
    found = contrast([(trained(1), trained(1))], INTERVALS)
    assert (found.value, found.low, found.p) == (0, None, None)
    assert found.because == "no variance between patients"


def test_f1_is_compared_by_the_bootstrap():
    better, worse = trained(1, skill=1.5), trained(2, skill=0.2)
    found = f1_contrast(better, worse, INTERVALS)
    assert 0 < found.low < found.value < found.high
    assert found.p < 0.001
    assert f1_contrast(worse, worse, INTERVALS).p is None
    assert f1_contrast(worse, better, INTERVALS).value == pytest.approx(-found.value)
