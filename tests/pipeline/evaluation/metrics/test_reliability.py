import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss

from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import Weighted
from pipeline.evaluation.metrics import calibration_metrics
from pipeline.statistics.logistic import fit_line, fit_shift


@pytest.fixture
def drawn():
    generator = np.random.default_rng(0)
    x = generator.normal(size=300)
    return x, (generator.random(300) < expit(0.4 + 1.7 * x)).astype(int), generator


@pytest.fixture
def reliability(binary):
    """Return a function that computes the metrics of calibration of sets of weights."""

    def compute(labels, probabilities, weights):
        weighted = Weighted(binary(np.asarray(labels, dtype=int), probabilities), weights)
        metrics = calibration_metrics(Task.of(["no", "yes"]))
        return {metric.name: metric.values(weighted) for metric in metrics}

    return compute


def test_the_line_is_scikit_learns_without_a_penalty(drawn):
    x, y, generator = drawn
    weights = np.stack([np.ones(300), generator.integers(0, 4, 300)]).astype(float)
    intercept, slope = fit_line(x, y, weights)
    for row, w in enumerate(weights):
        fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(
            x[:, np.newaxis], y, sample_weight=w
        )
        assert slope[row] == pytest.approx(fitted.coef_[0, 0], rel=1e-5)
        assert intercept[row] == pytest.approx(fitted.intercept_[0], rel=1e-4)


def test_the_shift_makes_the_mean_prediction_the_share_of_positives(drawn):
    x, y, _ = drawn
    for offset in (x, 8 * x - 20):
        shift = fit_shift(offset, y, np.ones((1, 300)))
        assert expit(offset + shift).mean() == pytest.approx(y.mean(), abs=1e-9)


def test_without_a_maximum_there_is_no_line():
    x, one = np.array([-2.0, -1, 1, 2]), np.ones((1, 4))
    assert np.isnan(fit_line(x, np.array([0, 0, 1, 1]), one)[1][0])
    assert np.isnan(fit_line(x, np.array([1, 1, 1, 1]), one)[1][0])
    assert np.isnan(fit_line(np.zeros(4), np.array([0, 1, 1, 1]), one)[1][0])
    assert np.isnan(fit_shift(x, np.array([1, 1, 1, 1]), one)[0])
    mixed = np.stack([np.ones(4), [1, 0, 1, 0]])
    _, slope = fit_line(x, np.array([0, 1, 0, 1]), mixed)
    assert np.isfinite(slope[0])  # one set without a maximum leaves the others alone
    assert np.isnan(slope[1])


def test_losses_equal_scikit_learns(drawn, reliability):
    x, y, generator = drawn
    p = np.clip(expit(x), 0.01, None)
    p[:2], w = (0.0, 1.0), generator.integers(0, 3, 300).astype(float)
    found = reliability(y, p, w[np.newaxis])
    assert found["log_loss"][0] == pytest.approx(log_loss(y, p, sample_weight=w))
    assert found["brier"][0] == pytest.approx(brier_score_loss(y, p, sample_weight=w))


def test_true_probabilities_have_slope_1_and_intercept_0_and_distorted_ones_show_it(reliability):
    generator = np.random.default_rng(1)
    x = generator.normal(size=40_000)
    y = (generator.random(x.size) < expit(x)).astype(int)
    one = np.ones((1, x.size))
    true = reliability(y, expit(x), one)
    assert true["calibration_slope"][0] == pytest.approx(1, abs=0.03)
    assert true["calibration_intercept"][0] == pytest.approx(0, abs=0.03)
    assert true["ece"][0] < 0.01
    extreme = reliability(y, expit(2 * x), one)
    assert extreme["calibration_slope"][0] == pytest.approx(0.5, abs=0.02)
    low = reliability(y, expit(x - 1), one)
    assert low["calibration_slope"][0] == pytest.approx(1, abs=0.03)
    assert low["calibration_intercept"][0] == pytest.approx(1, abs=0.03)


def test_expected_calibration_error_by_hand(reliability):
    found = reliability([0, 1, 1, 0], [0.2, 0.3, 0.9, 1.0], np.ones((1, 4)))
    # 0.2 and 0.3 lie in different bins: off by 0.2, 0.7; 0.9 and 1 share the last: 1 - 1.9
    assert found["ece"][0] == pytest.approx((0.2 + 0.7 + 0.9) / 4)


def test_what_is_not_defined_is_nan(reliability):
    found = reliability([], [], np.ones((1, 0)))
    assert len(found) == 5
    assert all(np.isnan(value[0]) for value in found.values())
