"""A metric is declared once, inside or outside the package."""

from importlib.metadata import EntryPoint

import numpy as np
import pytest

from pipeline.artifacts.task import Task
from pipeline.evaluation.metric import Metric, resampled
from pipeline.evaluation.metrics import METRICS, all_metrics, main_metrics
from pipeline.evaluation.score import measure
from radbank import registry

TWO, THREE = Task.of(["no", "yes"]), Task.of(["a", "b", "c"])
INTERVALS = {"n_bootstrap": 200, "confidence": 0.95, "seed": 0}


def errors(labels, probabilities, predicted):
    assert probabilities.shape == (len(labels), 2)
    return float((labels != predicted).mean())


error_rate = Metric(
    name="error_rate", label="Error rate", higher_is_better=False, values=resampled(errors)
)


def test_every_built_in_metric_is_declared_under_its_name():
    assert [metric.name for metric in METRICS.values()] == list(METRICS)


def test_a_macro_average_is_called_so():
    assert METRICS["auc"].heading(TWO) == "AUC"
    assert METRICS["auc"].heading(THREE) == "Macro AUC"
    assert METRICS["kappa"].heading(THREE) == "Cohen's kappa"


def test_tasks_have_the_metrics_that_declare_them():
    two, three = ({metric.name for metric in main_metrics(task)} for task in (TWO, THREE))
    assert two - three == {"sensitivity", "specificity", "average_precision"}
    assert three - two == {"balanced_accuracy", "kappa", "log_loss"}
    everything = {metric.name for metric in all_metrics(TWO, [0.9], [0.1])}
    assert {"mcc", "ece", "npv_at_prevalence_0.1"} <= everything
    assert "ece" not in {metric.name for metric in all_metrics(THREE, [0.9], [0.1])}


def test_a_plain_function_has_a_patient_bootstrap_interval(binary):
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 100)
    classified = binary(labels, generator.random(100), np.arange(100) // 2)
    found = measure([classified], [error_rate, METRICS["accuracy"]], INTERVALS).estimates
    assert found["error_rate"].value == pytest.approx(1 - found["accuracy"].value)
    assert found["error_rate"].low < found["error_rate"].value < found["error_rate"].high


def test_a_metric_of_an_installed_package_is_a_main_metric(monkeypatch):
    entry = EntryPoint("error_rate", f"{__name__}:error_rate", "radbank.metrics")
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry])
    monkeypatch.setattr(EntryPoint, "load", lambda _: error_rate)
    METRICS.__dict__.pop("_declared", None)
    try:
        assert "error_rate" in METRICS
        assert METRICS["error_rate"] is error_rate
    finally:
        METRICS.__dict__.pop("_declared", None)
