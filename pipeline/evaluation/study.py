"""All models' predictions side by side: the same cases, the same features, or no evaluation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
import pandas as pd

from pipeline.artifacts.predictions import VIEWS, Predictions, columns_of
from pipeline.evaluation.bootstrap import Intervals
from pipeline.evaluation.curves import calibration, confusion, precision_recall, roc
from pipeline.evaluation.intervals import INTERVAL
from pipeline.evaluation.metrics import AllMetrics
from pipeline.evaluation.net_benefit import decision_curve
from pipeline.evaluation.score import score_cases
from pipeline.evaluation.scored_cases import IntArray, OfPatients, ScoredCases
from pipeline.evaluation.thresholds import youden_threshold
from radbank.errors import RadbankError

_CASES = ["id", "group", "label", "split"]
_COUNTS = {"n", "n_patients", "n_positive"}
_SHARED = ("backbone", "weights", "weights_random", "synthetic", "classes")


class LabelledCases(OfPatients, Protocol):
    """Cases whose class is known."""

    @property
    def labels(self) -> IntArray:
        """The class of each case, shape (n_cases,)."""
        ...


class Scores(Protocol):
    """What any model's scores answer, whatever the number of classes."""

    interval: ClassVar[str]

    @property
    def reported(self) -> LabelledCases:
        """The cases that results are reported on."""
        ...

    @property
    def validation_auc(self) -> float | None:
        """The AUC on validation, by which heads are chosen; None where it is not defined."""
        ...

    def figures(self, intervals: Intervals) -> dict[str, Any]:
        """Return the metrics of the reported cases for JSON."""
        ...

    def curves(self, classes: Sequence[str], confidence: float) -> dict[str, pd.DataFrame]:
        """Return the curves of the reported cases by kind, as they are written to plots/."""
        ...


@dataclass(frozen=True)
class ModelScores:
    """One model's scores, apart for choosing and for reporting.

    Attributes
    ----------
    threshold
        Youden's, chosen on `validation`.
    validation
        The cases that choices are made on.
    reported
        The cases that results are reported on.
    """

    interval: ClassVar[str] = INTERVAL
    threshold: float
    validation: ScoredCases
    reported: ScoredCases

    @property
    def metrics(self) -> AllMetrics:
        """The metrics of the reported cases at the threshold."""
        return AllMetrics.of(self.reported, self.threshold)

    @property
    def validation_auc(self) -> float | None:
        """The AUC on validation, by which heads are chosen; None without both classes."""
        if not self.validation.has_both_classes:
            return None
        metrics = AllMetrics.of(self.validation, self.threshold)
        return float(metrics(np.ones((1, self.validation.n)))["auc"][0])

    def figures(self, intervals: Intervals) -> dict[str, Any]:
        """Return all of METRICS, without the counts that are the same for all models."""
        figures = score_cases(self.metrics, **intervals)
        return {key: value for key, value in figures.items() if key not in _COUNTS}

    def curves(self, classes: Sequence[str], confidence: float) -> dict[str, pd.DataFrame]:
        """Return the curves of the reported cases by kind."""
        return {
            "roc": roc(self.reported),
            "precision_recall": precision_recall(self.reported),
            "calibration": calibration(self.reported, confidence=confidence),
            "decision": decision_curve(self.reported, confidence=confidence),
            "confusion": confusion(self.reported, self.threshold, classes),
        }


S_co = TypeVar("S_co", bound=Scores, covariant=True)


@dataclass(frozen=True)
class Study(Generic[S_co]):
    """What is evaluated.

    Attributes
    ----------
    provenance
        What all models share: backbone, weights, weights_random, synthetic, classes.
    split
        The reported split: 'test', or 'validation' where no patients were held out.
    models
        Scores by model, in the order given.
    augmented
        Scores on the first augmented view, of the models that have them.
    ids
        Of the reported cases, in their order.
    """

    provenance: Mapping[str, Any]
    split: str
    models: Mapping[str, S_co]
    augmented: Mapping[str, S_co]
    ids: pd.Series

    @classmethod
    def of(cls, predictions: Mapping[str, Predictions]) -> "Study[ModelScores]":
        """Join the predictions of several models of two classes; as :func:`join`."""
        return join(predictions, _scores)


def join(
    predictions: Mapping[str, Predictions], scores: Callable[[Predictions, str, str], S_co]
) -> Study[S_co]:
    """Join the predictions of several models.

    Parameters
    ----------
    predictions
        By model.
    scores
        Makes one model's scores of its predictions, one of VIEWS, and the reported split.

    Raises
    ------
    RadbankError
        If two models were not given the same cases with the same labels and splits, or come
        from other weights or data; or if there is neither a test nor a validation case.
    """
    _check_same(predictions)
    name, first = next(iter(predictions.items()))
    splits = set(first.frame["split"])
    split = next((split for split in ("test", "validation") if split in splits), None)
    if split is None:
        raise RadbankError(
            f"The predictions of {name} hold no test and no validation cases: "
            "there is nothing to evaluate on; add data, or raise split.validation."
        )
    return Study(
        provenance={key: first.provenance[key] for key in _SHARED},
        split=split,
        models={name: scores(each, VIEWS[0], split) for name, each in predictions.items()},
        augmented={
            name: scores(each, VIEWS[1], split)
            for name, each in predictions.items()
            if each.augmented
        },
        ids=first.of_split(split).frame["id"],
    )


def _scores(predictions: Predictions, view: str, split: str) -> ModelScores:
    """Take the scores of a view and choose the threshold on validation."""
    (column,) = columns_of(predictions.classes, view)
    validation, reported = (
        ScoredCases.of(rows["label"], rows[column], rows["group"])
        for rows in (predictions.of_split(each).frame for each in ("validation", split))
    )
    threshold = youden_threshold(validation.labels, validation.probabilities)
    return ModelScores(threshold, validation, reported)


def _check_same(predictions: Mapping[str, Predictions]) -> None:
    """Refuse predictions that cannot be compared with the first model's."""
    (name, first), *others = predictions.items()
    for other, each in others:
        for column in _CASES:
            if each.frame[column].tolist() != first.frame[column].tolist():
                raise RadbankError(
                    f"The predictions of {other} and {name} differ in column {column!r}: they "
                    "are not of the same cases; run `dvc repro` to make both anew."
                )
        for key in _SHARED:
            if each.provenance[key] != first.provenance[key]:
                raise RadbankError(
                    f"The predictions of {other} and {name} differ in {key} "
                    f"({each.provenance[key]!r} and {first.provenance[key]!r}): run `dvc repro` "
                    "to make both anew."
                )
