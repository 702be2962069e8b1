import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, logit, softmax

from heads.base import by_class
from heads.calibration import Calibration


def drawn(slope, intercept, n=20_000, seed=0):
    """Return overconfident or shifted probabilities, and labels drawn from the true ones."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 2, n)
    labels = (rng.random(n) < expit(slope * x + intercept)).astype(np.int64)
    return by_class(expit(x)), labels


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.5, 0.0), (2.0, -1.0)])
def test_the_true_sigmoid_is_found(slope, intercept):
    probability, labels = drawn(slope, intercept)
    found = Calibration.fit(probability, labels)
    assert found.slope == pytest.approx(slope, abs=0.06)
    assert found.intercepts == pytest.approx((0, intercept), abs=0.06)
    calibrated = found.of_classes(probability)[:, 1]
    line = found.slope * logit(probability[:, 1]) + found.intercepts[1]
    np.testing.assert_allclose(calibrated, expit(line), atol=1e-6)
    assert calibrated.mean() == pytest.approx(labels.mean(), abs=0.005)


def test_of_two_classes_it_is_platts_sigmoid():
    """Platt 1999: logistic regression on the logit with targets (n + 1) / (n + 2), 1 / (n + 2)."""
    probability, labels = drawn(0.7, 0.4, n=200)
    positive, negative = labels.sum(), (1 - labels).sum()
    target = np.where(labels == 1, (positive + 1) / (positive + 2), 1 / (negative + 2))
    x = logit(probability[:, 1])

    def loss(numbers):
        z = numbers[0] * x + numbers[1]
        return np.mean(np.logaddexp(0, z) - target * z)

    expected = minimize(loss, [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9})
    found = Calibration.fit(probability, labels)
    assert (found.slope, found.intercepts[1]) == pytest.approx(expected.x, abs=1e-4)


def test_the_true_softmax_of_three_classes_is_found():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 3))
    true = softmax(0.5 * logits + np.array([0.0, 1.0, -1.0]), axis=1)
    labels = (rng.random((20_000, 1)) > true.cumsum(axis=1)).sum(axis=1)
    found = Calibration.fit(softmax(logits, axis=1), labels)
    assert found.slope == pytest.approx(0.5, abs=0.03)
    assert found.intercepts == pytest.approx((0, 1, -1), abs=0.08)
    assert "intercepts 1" in found.in_words or "intercepts 0.9" in found.in_words


def test_without_a_shift_only_the_temperature_is_fitted():
    found = Calibration.fit(*drawn(0.5, 1.0), shift=False)
    assert found.intercepts == (0, 0)
    assert 0 < found.slope < 1


def test_views_are_calibrated_each():
    found = Calibration(0.5, (0.0, 1.0, -1.0))
    views = np.random.default_rng(0).dirichlet(np.ones(3), (4, 2)).transpose(0, 2, 1)
    together = found.of_classes(views)
    for view in range(2):
        np.testing.assert_array_equal(together[..., view], found.of_classes(views[..., view]))


def test_what_was_saved_is_read_again():
    found = Calibration(0.5, (0.0, 1.0))
    assert Calibration.of_numbers({"slope": 0.5, "intercepts": [0.0, 1.0]}) == found


def test_classes_told_apart_without_an_error_give_finite_numbers():
    found = Calibration.fit(by_class(np.array([0.0, 0.1, 0.9, 1.0])), np.array([0, 0, 1, 1]))
    assert 0 < found.slope < 50
    assert np.isfinite(found.of_classes(by_class(np.array([0.0, 1.0])))).all()


def test_a_model_that_is_wrong_on_validation_is_silenced_and_not_turned_round():
    found = Calibration.fit(by_class(np.array([0.9, 0.8, 0.2, 0.1])), np.array([0, 0, 1, 1]))
    assert found.slope == 0
