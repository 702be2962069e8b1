"""What the report reads of results: metrics, leaks and curves, checked and typed."""

from pathlib import Path
from typing import Self

import pandas as pd
from pydantic import model_validator

from pipeline.artifacts.provenance import data_in_words, weights_in_words
from pipeline.reporting.document import Document, read_document

METRICS = {
    "auc": "AUC",
    "average_precision": "Average precision",
    "accuracy": "Accuracy",
    "f1": "F1",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "brier": "Brier score",
}
CLASS_METRICS = {
    "auc": "Macro AUC",
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "macro_f1": "Macro F1",
    "kappa": "Cohen's kappa",
    "log_loss": "Log loss",
    "brier": "Brier score",
}
"""METRICS of more than two classes."""


class Counted(Document):
    """Images of two classes, one of them positive, or of more."""

    n_positive: int | None = None
    n_by_class: dict[str, int] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.n_positive is None) == (self.n_by_class is None):
            raise ValueError("either n_positive or n_by_class is needed")
        return self

    @property
    def two_classes(self) -> bool:
        """Whether one class is positive and one negative."""
        return self.n_by_class is None

    @property
    def counts(self) -> str:
        """How many images are positive, or of each class, in words."""
        if self.n_by_class is None:
            return f"{self.n_positive} positive"
        return ", ".join(f"{n} {name}" for name, n in self.n_by_class.items())


class Estimate(Document):
    """A metric and its interval; None where it is not defined, as AUC is on one class."""

    value: float | None
    low: float | None
    high: float | None


class Result(Document):
    """What one model reached on the held-out cases, whatever the number of classes."""

    auc: Estimate
    accuracy: Estimate
    brier: Estimate

    def estimate(self, metric: str) -> Estimate:
        """Return the estimate of a metric of :data:`METRICS` or :data:`CLASS_METRICS`."""
        found: Estimate = getattr(self, metric)
        return found


class ModelResult(Result):
    """What one model of two classes reached."""

    threshold: float | None
    average_precision: Estimate
    f1: Estimate
    sensitivity: Estimate
    specificity: Estimate


class ClassResult(Result):
    """What one model of more than two classes reached."""

    balanced_accuracy: Estimate
    macro_f1: Estimate
    kappa: Estimate
    log_loss: Estimate


class Difference(Document):
    """A paired difference between two models on the same cases."""

    auc: Estimate


class Summary(Counted):
    """metrics/summary.json."""

    data: str
    backbone: str
    weights: str
    split: str
    split_note: str | None
    n: int
    n_patients: int
    confidence: float
    bootstrap: int
    interval: str
    best_head: str | None
    models: dict[str, ModelResult | ClassResult]
    linear_probe_augmented: ModelResult | ClassResult | None
    finetune_minus_best_head: Difference | None
    conclusion: str | None

    @property
    def smallest_class(self) -> int:
        """The number of images of the class with the fewest."""
        if self.n_by_class is not None:
            return min(self.n_by_class.values())
        positive = self.n_positive or 0
        return min(positive, self.n - positive)

    @property
    def auc_name(self) -> str:
        """What the AUC is called: of more than two classes it is the mean of each one's."""
        return self.metrics["auc"]

    @property
    def auc_in_sentence(self) -> str:
        """`auc_name` as it stands inside a sentence."""
        return self.auc_name.replace("Macro", "macro")

    @property
    def metrics(self) -> dict[str, str]:
        """The metrics shown and their headings."""
        return METRICS if self.two_classes else CLASS_METRICS

    @property
    def synthetic(self) -> bool:
        """Whether the images were made by a program."""
        return self.data != data_in_words(synthetic=False)

    @property
    def random_weights(self) -> bool:
        """Whether the backbone began from random weights."""
        return self.weights == weights_in_words("", random=True)


class PairCount(Document):
    """Pairs of one kind: all, of two groups, and on two sides of the split."""

    pairs: int
    across_groups: int
    across_splits: int


class LeakCounts(Document):
    """metrics/leaks.json."""

    exact_duplicate: PairCount
    near_duplicate: PairCount
    same_person: PairCount
    not_listed: int
    persons_comparable: int


def read_leak_counts(path: Path) -> LeakCounts:
    """Read metrics/leaks.json.

    Raises
    ------
    RadbankError
        If the file is missing or not what the leaks stage writes.
    """
    return read_document(LeakCounts, path)


def read_summary(path: Path) -> Summary:
    """Read metrics/summary.json.

    Raises
    ------
    RadbankError
        If the file is missing or not what the evaluate stage writes.
    """
    return read_document(Summary, path)


def read_curves(folder: Path, kind: str, models: list[str]) -> dict[str, pd.DataFrame]:
    """Read plots/<kind>_<model>.csv of every model that has one, in the models' order."""
    paths = {model: folder / f"{kind}_{model}.csv" for model in models}
    return {model: pd.read_csv(path) for model, path in paths.items() if path.is_file()}
