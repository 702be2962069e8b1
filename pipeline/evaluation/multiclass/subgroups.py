"""How well a model tells several classes apart on parts of the cases."""

from collections.abc import Mapping
from typing import Any

from pipeline.artifacts.provenance import counted
from pipeline.evaluation.bootstrap import Intervals
from pipeline.evaluation.grouping import Subgroup
from pipeline.evaluation.multiclass.metrics import ClassMetrics
from pipeline.evaluation.multiclass.score import score_classes


def score_class_subgroups(
    models: Mapping[str, ClassMetrics],
    subgroups: list[Subgroup],
    *,
    classes: tuple[str, ...],
    minimum: int,
    intervals: Intervals,
) -> list[dict[str, Any]]:
    """Score every model on every subgroup.

    Parameters
    ----------
    models
        Metrics by name, of all reported cases.
    subgroups
        Of the same cases in the same order.
    classes
        Names by label.
    minimum
        Patients below which a subgroup is marked as too small.
    intervals
        How intervals are made.

    Returns
    -------
    list of dict
        One a subgroup: `column`, `value`, `n`, `n_patients`, `n_by_class`, `too_small`, and
        `models`: by name `auc` (macro) and `accuracy` as value, low and high. A subgroup that
        lacks a class has no AUC.
    """
    rows = []
    for subgroup in subgroups:
        parts = {name: metrics.cases.inside(subgroup.members) for name, metrics in models.items()}
        cases = next(iter(parts.values()))
        scored = {
            name: score_classes(ClassMetrics.of(part), **intervals) for name, part in parts.items()
        }
        rows.append(
            {
                "column": subgroup.column,
                "value": subgroup.value,
                "n": cases.n,
                "n_patients": cases.n_patients,
                **counted(classes, cases.labels),
                "too_small": cases.n_patients < minimum,
                "models": {
                    name: {metric: figures[metric] for metric in ("auc", "accuracy")}
                    for name, figures in scored.items()
                },
            }
        )
    return rows
