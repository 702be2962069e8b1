"""The metrics, each declared once and found by name.

An installed package adds a metric with an entry point of the group `radbank.metrics` whose object
is a :class:`pipeline.evaluation.metric.Metric`.
"""

from collections.abc import Sequence

from pipeline.artifacts.task import Task
from pipeline.evaluation.metric import Metric
from pipeline.evaluation.metrics.operating import operating_metrics
from radbank.registry import Registry

_HERE = "pipeline.evaluation.metrics"
METRICS = Registry(
    "metric",
    {
        name: f"{_HERE}.{module}:{name}"
        for name, module in {
            "accuracy": "decisions",
            "auc": "ranking",
            "f1": "decisions",
            "sensitivity": "decisions",
            "specificity": "decisions",
            "average_precision": "ranking",
            "balanced_accuracy": "decisions",
            "kappa": "decisions",
            "mcc": "decisions",
            "brier": "reliability",
            "log_loss": "reliability",
            "calibration_slope": "reliability",
            "calibration_intercept": "reliability",
            "ece": "reliability",
        }.items()
    },
    group="radbank.metrics",
)


def main_metrics(task: Task) -> list[Metric]:
    """Return the metrics of the summary and of the report's main table, in their order."""
    return [each for each in METRICS.values() if each.tasks(task) and each.main(task)]


def calibration_metrics(task: Task) -> list[Metric]:
    """Return the metrics of calibration that a task has."""
    return [each for each in METRICS.values() if each.tasks(task) and each.of_calibration]


def subgroup_metrics(task: Task) -> list[Metric]:
    """Return the metrics that are reported by subgroup."""
    return [each for each in METRICS.values() if each.tasks(task) and each.by_subgroup(task)]


def decision_metrics(
    task: Task, points: Sequence[float], prevalences: Sequence[float]
) -> list[Metric]:
    """Return the metrics of decisions beside the main ones, at the rates asked for too."""
    declared = [*METRICS.values(), *operating_metrics(points, prevalences)]
    return [
        each
        for each in declared
        if each.tasks(task) and not each.main(task) and not each.of_calibration
    ]


def all_metrics(task: Task, points: Sequence[float], prevalences: Sequence[float]) -> list[Metric]:
    """Return every metric of a task: main, of decisions, of calibration."""
    groups = (
        main_metrics(task),
        decision_metrics(task, points, prevalences),
        calibration_metrics(task),
    )
    return list({each.name: each for group in groups for each in group}.values())
