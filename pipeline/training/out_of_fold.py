"""predictions/cv/<head>.csv: out-of-fold predictions of a head, and their metrics."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.cells import to_csv
from pipeline.artifacts.crossvalidation import FoldAuc
from pipeline.artifacts.predictions import columns_of
from pipeline.artifacts.results import Estimate
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases, Weighted
from pipeline.evaluation.metrics import METRICS, main_metrics
from pipeline.statistics.bootstrap import Intervals, estimate
from pipeline.statistics.fold_differences import of_folds
from pipeline.statistics.scored_cases import ScoredCases
from radbank.files import write_text

CASES = ["id", "group", "label"]
POOLED = "the mean of folds has one"


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
        threshold = ["threshold"] if Task.of(self.classes).binary else []
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
        write_text(path, f"# {head}\n{to_csv(frame)}")

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
            For each metric `value`, `low` and `high`; `auc_of_folds`, the mean of the AUCs of
            single folds, whose interval knows of other training sets
            (:mod:`pipeline.statistics.fold_mean`); `auc_by_fold`, these AUCs; and
            `auc_by_repeat`, the smallest and the largest AUC of a repeat. The AUC of all folds of
            a repeat together has no interval: a bootstrap of it held the truth in 83 to 91 % of
            cohorts (`benchmarks.coverage_cv`).

        Notes
        -----
        A metric is taken over all cases of a repeat, then averaged over the repeats; the
        bootstrap draws patients with all their repeats. The interval therefore tells how much the
        figure would change with other patients to score on, the fitted heads staying what they
        are; how much it changes with another division is what `auc_by_repeat` shows. Averaging
        probabilities over repeats instead would score an ensemble that nobody trains. The
        intervals that metrics declare are of one set of scores, so the interval here is the
        percentile bootstrap's.
        """
        repeats, metrics = self._by_repeat(), main_metrics(Task.of(self.classes))

        def mean(weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
            weighted = [Weighted(repeat, weights) for repeat in repeats]
            return {
                metric.name: np.mean([metric.values(each) for each in weighted], axis=0)
                for metric in metrics
            }

        index, known = pd.factorize(self.cases["group"].astype(str))
        intervals = Intervals(n_bootstrap=n_bootstrap, confidence=confidence, seed=seed)
        figures = estimate(mean, index.astype(np.int64), known.size, **intervals)
        ones = np.ones((1, len(self.cases)))
        aucs = [float(METRICS["auc"].values(Weighted(each, ones))[0]) for each in repeats]
        by_fold = self._by_fold(repeats)
        pooled = Estimate(value=figures["auc"].value, because=POOLED)
        return {
            **{name: figure.model_dump() for name, figure in figures.items()},
            "auc": pooled.model_dump(),
            "auc_of_folds": of_folds(by_fold).mean(confidence, METRICS["auc"].bounds).model_dump(),
            "auc_by_repeat": {"smallest": min(aucs), "largest": max(aucs)},
            "auc_by_fold": [each.model_dump() for each in by_fold],
        }

    def _by_fold(self, repeats: Sequence[ClassifiedCases]) -> list[FoldAuc]:
        """Return the AUC of every fold of every repeat."""
        patients, found = self.cases["group"].astype(str), []
        n_patients = patients.nunique()
        fewest = int(patients.groupby(self.cases["label"]).nunique().min())
        for repeat, (classified, numbers) in enumerate(zip(repeats, self.fold, strict=True)):
            for fold in np.unique(numbers):
                part = classified.inside(numbers == fold)
                auc = float(METRICS["auc"].values(Weighted(part, np.ones((1, part.cases.n))))[0])
                scored = part.cases.n_patients
                found.append(
                    FoldAuc(
                        repeat=repeat,
                        fold=int(fold),
                        scored=scored,
                        trained=n_patients - scored,
                        fewest=fewest,
                        auc=None if np.isnan(auc) else auc,
                    )
                )
        return found

    def _by_repeat(self) -> list[ClassifiedCases]:
        """Return the cases of each repeat, decided at the threshold of each fold."""
        task, labels, groups = Task.of(self.classes), self.cases["label"], self.cases["group"]
        highest = self.probability.argmax(axis=-1)
        above = (self.probability[..., -1] >= self.threshold).astype(np.int64)
        predicted = np.where(np.isnan(self.threshold), highest, above)
        return [
            ClassifiedCases(task, ScoredCases.of(labels, probability, groups), decided)
            for probability, decided in zip(self.probability, predicted, strict=True)
        ]
