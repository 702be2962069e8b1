"""One model's scores of several classes, apart for choosing and for reporting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from pipeline.artifacts.predictions import Predictions
from pipeline.evaluation.bootstrap import Intervals
from pipeline.evaluation.curves import calibration
from pipeline.evaluation.multiclass.cases import ClassCases
from pipeline.evaluation.multiclass.curves import class_confusion, class_roc, macro_roc, top_label
from pipeline.evaluation.multiclass.metrics import ClassMetrics
from pipeline.evaluation.multiclass.score import CLASS_INTERVAL, score_classes
from pipeline.evaluation.study import Study, join


@dataclass(frozen=True)
class ClassScores:
    """One model's scores.

    Attributes
    ----------
    validation
        The cases that the best head is chosen on.
    reported
        The cases that results are reported on.
    """

    interval: ClassVar[str] = CLASS_INTERVAL
    validation: ClassCases
    reported: ClassCases

    @property
    def metrics(self) -> ClassMetrics:
        """The metrics of the reported cases."""
        return ClassMetrics.of(self.reported)

    @property
    def validation_auc(self) -> float | None:
        """The macro AUC on validation; None where a class is absent."""
        if not self.validation.has_every_class:
            return None
        metrics = ClassMetrics.of(self.validation)
        return float(metrics(np.ones((1, self.validation.n)))["auc"][0])

    def figures(self, intervals: Intervals) -> dict[str, Any]:
        """Return all of CLASS_METRICS."""
        return score_classes(self.metrics, **intervals)

    def curves(self, classes: Sequence[str], confidence: float) -> dict[str, pd.DataFrame]:
        """Return the curves of the reported cases by kind; `calibration` is of the calls.

        Kinds that are for two classes only have no rows: DVC complains of plots without a file.
        """
        return {
            "roc": macro_roc(self.reported),
            "class_roc": class_roc(self.reported, classes),
            "precision_recall": pd.DataFrame(columns=["recall", "precision"]),
            "calibration": calibration(top_label(self.reported), confidence=confidence),
            "decision": pd.DataFrame(columns=["threshold", "net_benefit"]),
            "confusion": class_confusion(self.reported, classes),
        }


def class_study(predictions: Mapping[str, Predictions]) -> Study[ClassScores]:
    """Join the predictions of several models of more than two classes.

    Raises
    ------
    RadbankError
        As :func:`pipeline.evaluation.study.join`.
    """
    return join(predictions, _scores)


def _scores(predictions: Predictions, view: str, split: str) -> ClassScores:
    validation, reported = (
        ClassCases.of(part.frame["label"], part.probabilities(view), part.frame["group"])
        for part in map(predictions.of_split, ("validation", split))
    )
    return ClassScores(validation, reported)
