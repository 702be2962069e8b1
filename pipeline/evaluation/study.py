"""All models' predictions side by side: the same cases, the same features, or no evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.evaluation.metrics import AllMetrics
from pipeline.evaluation.scored_cases import ScoredCases
from pipeline.evaluation.thresholds import youden_threshold
from pipeline.predictions import Predictions
from radbank.errors import RadbankError

_CASES = ["id", "group", "label", "split"]
_SHARED = ("backbone", "weights", "weights_random", "synthetic", "classes")


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


@dataclass(frozen=True)
class Study:
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
    models: Mapping[str, ModelScores]
    augmented: Mapping[str, ModelScores]
    ids: pd.Series

    @classmethod
    def of(cls, predictions: Mapping[str, Predictions]) -> "Study":
        """Join the predictions of several models.

        Parameters
        ----------
        predictions
            By model.

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
        return cls(
            provenance={key: first.provenance[key] for key in _SHARED},
            split=split,
            models={
                name: _scores(each.frame, "probability", split)
                for name, each in predictions.items()
            },
            augmented={
                name: _scores(each.frame, "probability_augmented", split)
                for name, each in predictions.items()
                if "probability_augmented" in each.frame
            },
            ids=first.frame.loc[first.frame["split"] == split, "id"],
        )


def _scores(frame: pd.DataFrame, column: str, split: str) -> ModelScores:
    """Take a column's scores and choose the threshold on validation."""
    validation, reported = (
        ScoredCases.of(rows["label"], rows[column], rows["group"])
        for rows in (frame[frame["split"] == each] for each in ("validation", split))
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
