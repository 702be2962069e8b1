"""predictions/cv/<head>.csv: out-of-fold predictions of a head, and their metrics."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.predictions import columns_of
from pipeline.evaluation import ScoredCases
from pipeline.evaluation.bootstrap import Intervals, Statistic, estimate
from pipeline.evaluation.metrics import AllMetrics
from pipeline.evaluation.multiclass.cases import ClassCases
from pipeline.evaluation.multiclass.metrics import ClassMetrics
from radbank.files import write_text

CASES = ["id", "group", "label"]
DECISIONS = ("accuracy", "f1", "sensitivity", "specificity")
"""Metrics of calls; all others are of probabilities."""


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Out-of-fold probabilities of one head.

    Attributes
    ----------
    cases : DataFrame
        id, group and label of each image.
    classes
        Names by label.
    probability : ndarray of shape (n_repeats, n_cases, n_classes)
        Of each class.
    threshold, fold : ndarray of shape (n_repeats, n_cases)
        From which probability an image of this fold is called positive, chosen inside the
        training part (NaN of more than two classes, where the highest decides); and the fold.
    """

    cases: pd.DataFrame
    classes: tuple[str, ...]
    probability: NDArray[np.float64]
    threshold: NDArray[np.float64]
    fold: NDArray[np.int64]

    @classmethod
    def empty(cls, cases: pd.DataFrame, classes: tuple[str, ...], repeats: int) -> "OutOfFold":
        """Return room for `repeats` predictions of every case."""
        shape = (repeats, len(cases))
        probability = np.full((*shape, len(classes)), np.nan)
        return cls(cases, classes, probability, np.full(shape, np.nan), np.full(shape, -1))

    @property
    def columns(self) -> list[str]:
        """The columns of the file; a threshold has its own where there are two classes."""
        threshold = ["threshold"] if len(self.classes) == 2 else []
        return [*CASES, "repeat", "fold", *columns_of(self.classes), *threshold]

    def write(self, path: Path, provenance: dict[str, Any]) -> None:
        """Write one comment line of provenance as JSON, then a row for each case and repeat."""
        repeats = [
            self.cases[CASES]
            .assign(repeat=repeat, fold=self.fold[repeat], threshold=self.threshold[repeat])
            .assign(**self._by_column(repeat))[self.columns]
            for repeat in range(len(self.probability))
        ]
        frame = pd.concat(repeats) if repeats else pd.DataFrame(columns=self.columns)
        head = json.dumps(provenance, ensure_ascii=False)
        write_text(path, f"# {head}\n{frame.to_csv(index=False, lineterminator=chr(10))}")

    def _by_column(self, repeat: int) -> dict[str, NDArray[np.float64]]:
        """Return the probabilities of a repeat by column."""
        names = columns_of(self.classes)
        columns = self.probability[repeat].T[-len(names) :]
        return dict(zip(names, columns, strict=True))

    def score(self, *, n_bootstrap: int, confidence: float, seed: int) -> dict[str, Any]:
        """Return the mean of each metric over the repeats, with patient-level intervals.

        Returns
        -------
        dict
            For each metric `value`, `low` and `high`; and `auc_by_repeat`, the smallest and the
            largest AUC of a repeat.

        Notes
        -----
        A metric is taken over all cases of a repeat, then averaged over the repeats; the
        bootstrap draws patients with all their repeats. The interval therefore tells how much the
        figure would change with other patients to score on, the fitted heads staying what they
        are; how much it changes with another division is what `auc_by_repeat` shows. Averaging
        probabilities over repeats instead would score an ensemble that nobody trains. The
        closed forms of `pipeline.evaluation.intervals` are of one set of scores, so the interval
        here is the percentile bootstrap's.
        """
        repeats = self._two_classes() if len(self.classes) == 2 else self._more_classes()

        def mean(weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
            each = [metrics(weights) for metrics in repeats]
            return {name: np.mean([one[name] for one in each], axis=0) for name in each[0]}

        patients = self.cases["group"].astype(str)
        known, index = np.unique(patients, return_inverse=True)
        intervals = Intervals(n_bootstrap=n_bootstrap, confidence=confidence, seed=seed)
        figures = estimate(mean, index, known.size, **intervals)
        ones = np.ones((1, len(self.cases)))
        aucs = [float(metrics(ones)["auc"][0]) for metrics in repeats]
        return {
            **{name: figure.to_dict() for name, figure in figures.items()},
            "auc_by_repeat": {"smallest": min(aucs), "largest": max(aucs)},
        }

    def _two_classes(self) -> list[Statistic]:
        """Return the metrics of each repeat: of probabilities, and of calls at the thresholds."""
        labels, groups = self.cases["label"], self.cases["group"]
        positive = self.probability[..., 1]
        ranked = [AllMetrics.of(ScoredCases.of(labels, p, groups), 0.5) for p in positive]
        called = [
            AllMetrics.of(ScoredCases.of(labels, calls.astype(np.float64), groups), 0.5)
            for calls in positive >= self.threshold
        ]
        return [_with_decisions(*pair) for pair in zip(ranked, called, strict=True)]

    def _more_classes(self) -> list[Statistic]:
        """Return the metrics of each repeat."""
        labels, groups = self.cases["label"], self.cases["group"]
        return [ClassMetrics.of(ClassCases.of(labels, p, groups)) for p in self.probability]


def _with_decisions(ranked: AllMetrics, called: AllMetrics) -> Statistic:
    """Join the metrics of probabilities with DECISIONS, of calls."""

    def metrics(weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        of_calls = called(weights)
        return ranked(weights) | {name: of_calls[name] for name in DECISIONS}

    return metrics
