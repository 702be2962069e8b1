"""predictions/cv/<head>.csv: what a head says of images it did not learn from, and its score."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation import ScoredCases
from pipeline.evaluation.bootstrap import estimate
from pipeline.evaluation.metrics import AllMetrics
from radbank.files import write_text

COLUMNS = ["id", "group", "label", "repeat", "fold", "probability", "threshold"]
DECISIONS = ("accuracy", "f1", "sensitivity", "specificity")
"""Metrics of calls; all others are of probabilities."""


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """One head's held-out probabilities.

    Attributes
    ----------
    cases : DataFrame
        id, group and label of each image.
    probability, threshold, fold : ndarray of shape (n_repeats, n_cases)
        Of the positive class; from which an image of this fold is called positive, chosen inside
        the training part; and the fold.
    """

    cases: pd.DataFrame
    probability: NDArray[np.float64]
    threshold: NDArray[np.float64]
    fold: NDArray[np.int64]

    @classmethod
    def empty(cls, cases: pd.DataFrame, repeats: int) -> "OutOfFold":
        """Return room for `repeats` predictions of every case."""
        shape = (repeats, len(cases))
        return cls(cases, np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, -1))

    def write(self, path: Path, provenance: dict[str, Any]) -> None:
        """Write one comment line of provenance as JSON, then a row for each case and repeat."""
        repeats = [
            self.cases[COLUMNS[:3]].assign(
                repeat=repeat,
                fold=self.fold[repeat],
                probability=self.probability[repeat],
                threshold=self.threshold[repeat],
            )
            for repeat in range(len(self.probability))
        ]
        frame = pd.concat(repeats) if repeats else pd.DataFrame(columns=COLUMNS)
        head = json.dumps(provenance, ensure_ascii=False)
        write_text(path, f"# {head}\n{frame.to_csv(index=False, lineterminator=chr(10))}")

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
        labels, groups = self.cases["label"], self.cases["group"]
        ranked = [AllMetrics.of(ScoredCases.of(labels, p, groups), 0.5) for p in self.probability]
        called = [
            AllMetrics.of(ScoredCases.of(labels, calls.astype(np.float64), groups), 0.5)
            for calls in self.probability >= self.threshold
        ]

        def mean(weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
            of_scores = [metrics(weights) for metrics in ranked]
            of_calls = [metrics(weights) for metrics in called]
            return {
                name: np.mean(
                    [each[name] for each in (of_calls if name in DECISIONS else of_scores)], axis=0
                )
                for name in of_scores[0]
            }

        cases = ranked[0].cases
        figures = estimate(
            mean,
            cases.patients,
            cases.n_patients,
            n_bootstrap=n_bootstrap,
            confidence=confidence,
            seed=seed,
        )
        ones = np.ones((1, cases.n))
        aucs = [float(metrics(ones)["auc"][0]) for metrics in ranked]
        return {
            **{name: figure.to_dict() for name, figure in figures.items()},
            "auc_by_repeat": {"smallest": min(aucs), "largest": max(aucs)},
        }
