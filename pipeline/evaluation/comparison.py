"""Which of two models is better on the same cases, for every pair of several models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from pipeline.evaluation.auc_difference import auc_difference
from pipeline.evaluation.bootstrap import Estimate, estimate
from pipeline.evaluation.difference import Difference, holm
from pipeline.evaluation.metrics import AllMetrics
from pipeline.evaluation.proportion import share_difference
from pipeline.evaluation.scored_cases import FloatArray

TESTS = "clustered DeLong (auc), clustered McNemar (accuracy), Holm over all pairs"
_BOOTSTRAPPED = ("auc", "brier")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The figures of one model minus those of another on the same cases.

    Attributes
    ----------
    first, second
        Names of the models.
    auc
        Tested by the paired DeLong test, clustered by patient; of more than two classes the macro
        average, by the paired bootstrap over patients.
    accuracy
        Each model at its own threshold, or of more than two classes calling the most probable;
        tested as McNemar did, clustered by patient.
    brier, auc_bootstrap
        With paired bootstrap intervals over patients.
    auc_p_holm, accuracy_p_holm
        The p-values adjusted for all pairs that were compared.
    """

    first: str
    second: str
    auc: Difference
    accuracy: Difference
    brier: Estimate
    auc_bootstrap: Estimate
    auc_p_holm: float | None
    accuracy_p_holm: float | None

    def first_not_worse(self, margin: float) -> bool:
        """Return whether the interval of the AUC shows `first` no more than `margin` worse."""
        return self.auc.low is not None and self.auc.low > -margin

    def second_not_worse(self, margin: float) -> bool:
        """Return whether the interval of the AUC shows `second` no more than `margin` worse."""
        return self.auc.high is not None and self.auc.high < margin

    def better(self, confidence: float) -> str | None:
        """Return the model that ranks the cases better by Holm's p-value; None if not shown."""
        if self.auc.value is None or self.auc_p_holm is None or self.auc_p_holm >= 1 - confidence:
            return None
        return self.first if self.auc.value > 0 else self.second

    def to_dict(self, *, confidence: float, margin: float) -> dict[str, Any]:
        """Return the figures for JSON."""
        return {
            "first": self.first,
            "second": self.second,
            "auc": {**self.auc.to_dict(), "p_holm": self.auc_p_holm},
            "auc_bootstrap": self.auc_bootstrap.to_dict(),
            "accuracy": {**self.accuracy.to_dict(), "p_holm": self.accuracy_p_holm},
            "brier": self.brier.to_dict(),
            "better": self.better(confidence),
            "first_not_worse": self.first_not_worse(margin),
            "second_not_worse": self.second_not_worse(margin),
        }


def compare(
    models: Mapping[str, AllMetrics], *, n_bootstrap: int, confidence: float, seed: int
) -> list[Comparison]:
    """Compare every pair of models.

    Parameters
    ----------
    models
        Metrics by name, each at its model's own threshold, of the same cases in the same order.
        Of two models the one named earlier is the first, from which the other is taken.
    n_bootstrap
        How many times the patients are drawn.
    confidence
        Of the intervals, as 0.95.
    seed
        Of the draws.

    Raises
    ------
    ValueError
        If the models were not scored on the same cases.

    Notes
    -----
    All models are scored on the same draws of patients, so what is hard for all cancels out. Two
    intervals that overlap say less than the interval of their difference.
    """
    _check_same(models)
    pairs = list(combinations(models, 2))
    if not pairs:
        return []
    cases = models[pairs[0][0]].cases

    def differences(weights: FloatArray) -> dict[str, FloatArray]:
        figures = {name: metrics(weights) for name, metrics in models.items()}
        return {
            f"{first} {second} {metric}": figures[first][metric] - figures[second][metric]
            for first, second in pairs
            for metric in _BOOTSTRAPPED
        }

    drawn = estimate(
        differences,
        cases.patients,
        cases.n_patients,
        n_bootstrap=n_bootstrap,
        confidence=confidence,
        seed=seed,
    )
    made = [
        Comparison(
            first=first,
            second=second,
            auc=auc_difference(models[first].cases, models[second].cases, confidence),
            accuracy=share_difference(
                _right(models[first]), _right(models[second]), cases, confidence
            ),
            brier=drawn[f"{first} {second} brier"],
            auc_bootstrap=drawn[f"{first} {second} auc"],
            auc_p_holm=None,
            accuracy_p_holm=None,
        )
        for first, second in pairs
    ]
    return with_holm(made)


def with_holm(made: Sequence[Comparison]) -> list[Comparison]:
    """Adjust the p-values of comparisons for all of them (:func:`holm`)."""
    auc, accuracy = holm([each.auc.p for each in made]), holm([each.accuracy.p for each in made])
    return [
        replace(each, auc_p_holm=on_auc, accuracy_p_holm=on_accuracy)
        for each, on_auc, on_accuracy in zip(made, auc, accuracy, strict=True)
    ]


def _right(metrics: AllMetrics) -> np.ndarray:
    """Return which cases a model calls right."""
    cases = metrics.cases
    right: np.ndarray = (cases.probabilities >= metrics.threshold) == (cases.labels == 1)
    return right


def _check_same(models: Mapping[str, AllMetrics]) -> None:
    first, *others = (metrics.cases for metrics in models.values())
    for other in others:
        same_labels = np.array_equal(first.labels, other.labels)
        same_patients = np.array_equal(first.patients, other.patients)
        if not same_labels or not same_patients:
            raise ValueError("the models were not scored on the same cases")
