"""Models whose figures do not vary between the patients at hand: nothing may be claimed of them."""

from itertools import product

import numpy as np
import pytest

from pipeline.evaluation.comparison import compare
from pipeline.evaluation.metrics import METRICS, all_metrics
from pipeline.evaluation.score import measure
from pipeline.evaluation.trainings import OverTrainings, difference
from pipeline.statistics.net_benefit import decision_curve

INTERVALS = {"n_bootstrap": 200, "confidence": 0.95, "seed": 0}
SIZES = (4, 12, 40)


def scores(kind, labels):
    perfect = np.where(labels == 1, 0.6, 0.1) + np.linspace(0, 0.3, labels.size)
    return {
        "perfect": perfect,
        "inverted": 1 - perfect,
        "constant": np.full(labels.size, 0.5),
        "certain": labels.astype(float),
    }[kind]


@pytest.fixture
def model(binary):
    """Return a maker of a model's cases, as many positive as negative, one a patient."""

    def make(kind, n):
        labels = np.arange(n) % 2
        return [binary(labels, scores(kind, labels))]

    return make


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(
    ("first", "second"), list(product(("perfect", "inverted", "constant", "certain"), repeat=2))
)
def test_nothing_is_claimed_of_a_difference_that_does_not_vary(model, first, second, n):
    (pair,) = compare({"a": model(first, n), "b": model(second, n)}, INTERVALS, margin=0.02)
    assert not pair.decided
    for found in (pair.auc, pair.auc_bootstrap):
        assert (found.low, found.high) == (None, None)
        assert found.because
    for found in (pair.accuracy, pair.brier):
        assert found.low is None or found.low < found.high


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("kind", ["perfect", "inverted", "constant", "certain"])
def test_every_figure_has_an_interval_with_a_width_or_says_why_not(model, kind, n):
    trainings = model(kind, n)
    found = measure(trainings, all_metrics(trainings[0].task, [0.9], [0.05]), INTERVALS)
    for name, each in found.estimates.items():
        if each.value is None:
            assert each.low is None, name
        elif each.low is None:
            assert each.because, name
        else:
            assert each.low < each.high, name


def test_figures_at_their_bound_are_marked(model):
    trainings = model("perfect", 40)
    metrics = all_metrics(trainings[0].task, [0.9], [0.05])
    found = measure(trainings, metrics, INTERVALS).estimates
    at_bound = [
        name for name, each in found.items() if each.because == "at its bound on these cases"
    ]
    assert set(at_bound) >= {
        "average_precision",
        "f1",
        "balanced_accuracy",
        "mcc",
        "sensitivity_at_specificity_0.9",
        "specificity_at_sensitivity_0.9",
        "ppv_at_prevalence_0.05",
        "npv_at_prevalence_0.05",
    }


def test_a_bootstrap_does_not_vary_a_figure_at_its_bound(model, binary):
    """The perfect model stays so in every draw, so that the interval would be too narrow."""
    labels = np.arange(40) % 2
    noisy = binary(labels, np.clip(scores("perfect", labels) + 0.4 * np.sin(np.arange(40)), 0, 1))
    metrics = [METRICS[name] for name in ("auc", "f1")]
    one, other = (
        OverTrainings.of(each, metrics, INTERVALS) for each in (model("perfect", 40), [noisy])
    )
    for name in ("auc", "f1"):
        found = difference(one, other, name, 0.95)
        assert found.value > 0
        assert (found.low, found.high) == (None, None)
        assert found.because == "a figure at its bound on these cases"


def test_net_benefit_that_does_not_vary_has_no_interval(model):
    (cases,) = model("perfect", 40)[0].one_vs_rest
    curve = decision_curve(cases, confidence=0.95).set_index("threshold")
    above_all = curve.loc[0.99]
    assert above_all["net_benefit"] == 0
    assert np.isnan([above_all["low"], above_all["high"]]).all()
    drawn = curve.dropna()
    assert (drawn["low"] < drawn["high"]).all()
