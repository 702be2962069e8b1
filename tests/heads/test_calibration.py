import numpy as np
import pytest
from scipy.special import expit, logit

from heads.calibration import Platt


def drawn(slope, intercept, n=20_000, seed=0):
    """Return overconfident or shifted probabilities, and labels drawn from the true ones."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 2, n)
    labels = (rng.random(n) < expit(slope * x + intercept)).astype(np.int64)
    return expit(x), labels


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.5, 0.0), (2.0, -1.0)])
def test_the_true_sigmoid_is_found(slope, intercept):
    probability, labels = drawn(slope, intercept)
    platt = Platt.fit(probability, labels)
    assert platt.slope == pytest.approx(slope, abs=0.06)
    assert platt.intercept == pytest.approx(intercept, abs=0.06)
    calibrated = platt(probability)
    np.testing.assert_allclose(
        calibrated, expit(platt.slope * logit(probability) + platt.intercept), atol=1e-6
    )
    assert calibrated.mean() == pytest.approx(labels.mean(), abs=0.005)


def test_classes_told_apart_without_an_error_give_finite_numbers():
    platt = Platt.fit(np.array([0.0, 0.1, 0.9, 1.0]), np.array([0, 0, 1, 1]))
    assert 0 < platt.slope < 50
    assert np.isfinite(platt(np.array([0.0, 1.0]))).all()


def test_a_model_that_is_wrong_on_validation_is_silenced_and_not_turned_round():
    platt = Platt.fit(np.array([0.9, 0.8, 0.2, 0.1]), np.array([0, 0, 1, 1]))
    assert platt.slope == 0
