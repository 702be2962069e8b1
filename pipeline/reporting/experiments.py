"""Cross-validation and the limits stage, in words and lines."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.reporting.document import Document, read_document
from pipeline.reporting.evidence import Counted, Estimate
from pipeline.reporting.style import label
from pipeline.reporting.text import interval, number
from radbank.errors import RadbankError

_TABLES = ("patients", "labels", "balance", "suspects")
_METRICS = {"auc": "AUC", "accuracy": "Accuracy", "sensitivity": "Sensitivity",
            "specificity": "Specificity", "brier": "Brier score"}  # fmt: skip
_METRICS_OF_MORE = {"auc": "Macro AUC", "accuracy": "Accuracy", "macro_f1": "Macro F1",
                    "kappa": "Cohen's kappa", "brier": "Brier score"}  # fmt: skip
_SHOWN = 20  # suspects


class Spread(Document):
    """The smallest and the largest figure of a repeat."""

    smallest: float
    largest: float


class CrossValidated(Document):
    """One head's figures out of fold, means over the repeats."""

    auc: Estimate
    accuracy: Estimate
    sensitivity: Estimate
    specificity: Estimate
    brier: Estimate
    auc_by_repeat: Spread


class ClassCrossValidated(Document):
    """One head's figures of more than two classes."""

    auc: Estimate
    accuracy: Estimate
    macro_f1: Estimate
    kappa: Estimate
    brier: Estimate
    auc_by_repeat: Spread


class CrossValidation(Counted):
    """metrics/crossvalidation.json; `models` is empty with split.scheme holdout."""

    repeats: int
    folds: int
    n: int
    n_patients: int
    models: dict[str, CrossValidated | ClassCrossValidated]


@dataclass(frozen=True)
class Line:
    """A head in the table of cross-validation: values with what stands below them."""

    label: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Experiments:
    """What the section shows.

    Attributes
    ----------
    crossvalidation
        Counts, and `lines` below; None with split.scheme holdout.
    columns, lines
        Of the table.
    said
        Sentences on the curves.
    suspects
        (id, patient, split, label, probability) of the most suspicious cases; of more than two
        classes the one suggested stands before its probability.
    n_suspects
        Of how many.
    """

    crossvalidation: CrossValidation | None
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    said: tuple[str, ...]
    suspects: tuple[tuple[str, ...], ...]
    n_suspects: int


def read_crossvalidation(path: Path) -> CrossValidation:
    """Read metrics/crossvalidation.json.

    Raises
    ------
    RadbankError
        If the file is missing or not what the stage writes.
    """
    return read_document(CrossValidation, path)


def read_limits(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables of the limits stage, by name.

    Raises
    ------
    RadbankError
        If one is missing.
    """
    try:
        text = {"id": str, "group": str}
        return {name: pd.read_csv(folder / f"{name}.csv", dtype=text) for name in _TABLES}
    except FileNotFoundError as error:
        raise RadbankError(f"There is no {error.filename}: run `dvc repro limits`.") from None


def experiments(
    found: CrossValidation, limits: dict[str, pd.DataFrame], classes: tuple[str, ...]
) -> Experiments:
    """Put both into what the template shows."""
    two = len(classes) == 2
    metrics = _METRICS if two else _METRICS_OF_MORE
    lines = [
        Line(
            label(name),
            (
                *(
                    (number(getattr(figures, metric).value), interval(getattr(figures, metric)))
                    for metric in metrics
                ),
                (
                    number(figures.auc_by_repeat.smallest),
                    f"to {number(figures.auc_by_repeat.largest)}",
                ),
            ),
        )
        for name, figures in found.models.items()
    ]
    suspects = limits["suspects"]
    shown = [
        (
            row["id"],
            row["group"],
            row["split"],
            classes[row["label"]],
            *(() if two else (classes[row["suggested"]],)),
            number(row["probability"]),
        )
        for row in suspects.head(_SHOWN).to_dict("records")
    ]
    return Experiments(
        crossvalidation=found if lines else None,
        columns=(*metrics.values(), f"{metrics['auc']} by repeat"),
        lines=tuple(lines),
        said=tuple(_sentences(limits, "AUC" if two else "macro AUC")),
        suspects=tuple(shown),
        n_suspects=len(suspects),
    )


def _sentences(limits: dict[str, pd.DataFrame], auc: str) -> list[str]:
    """Say the ends of each curve."""
    patients = limits["patients"]
    few, many = patients.iloc[0], patients.iloc[-1]
    curve = (
        f"With {few['patients']:.0f} training patients the {auc} was {_band(few)}, with "
        f"{many['patients']:.0f} it was {_band(many)}."
    )
    labels = limits["labels"]
    flipped = labels[labels["kind"] == "flipped"]
    worst = flipped.iloc[-1]
    sentence = f"With {worst['share']:.0%} of the training labels flipped it was {_band(worst)}"
    if pd.notna(worst["found"]):
        sentence += (
            f"; {worst['found']:.0%} of the flipped labels were among the suspects, "
            f"{worst['right']:.0%} of whom were indeed flipped"
        )
    missing = labels[labels["kind"] == "dropped"].iloc[-1]
    dropped = f"With {missing['share']:.0%} of the labels missing it was {_band(missing)}."
    return [curve, f"{sentence}.", dropped]


def _band(row: "pd.Series[float]") -> str:
    return f"{number(row['value'])} ({number(row['low'])} to {number(row['high'])})"
