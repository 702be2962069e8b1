"""predictions/<model>.csv: predicted probabilities of every image, and the model's provenance."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count, takewhile
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.cells import restore, to_csv
from pipeline.artifacts.conditions import Conditions
from pipeline.artifacts.task import Task
from radbank.errors import RadbankError
from radbank.files import write_text

CASES = ["id", "group", "label", "split"]
VIEWS = ("probability", "augmented", "averaged")
"""Probabilities: those reported; and where there are augmented views, those of the first of them
and the mean over all views."""
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class Predictions:
    """A model's probabilities.

    Attributes
    ----------
    frame : DataFrame
        One row an image of train, validation and test, in the order of the cases: id, group
        (patient), label (class, from 0), split, probability (of the positive class, on the plain
        view unless the model averages views); and where there are augmented views,
        probability_augmented (on the first of them) and probability_averaged (mean over all
        views, the plain one included). Of more than two classes each of these is a column a
        class: probability_<class>, augmented_<class>, averaged_<class>.
    provenance : dict
        backbone, weights (their name), weights_random, synthetic, classes (names by label); and
        conditions (:class:`~pipeline.artifacts.conditions.Conditions` as a dict).
    """

    frame: pd.DataFrame
    provenance: dict[str, Any]

    @classmethod
    def of_views(
        cls,
        cases: pd.DataFrame,
        by_view: NDArray[np.float64],
        provenance: dict[str, Any],
        *,
        average: bool = False,
        other_seeds: Sequence[NDArray[np.float64]] = (),
    ) -> Self:
        """Join cases with their probabilities.

        Parameters
        ----------
        cases : DataFrame
            Columns id, group, label, split.
        by_view : ndarray of shape (n_cases, n_classes, n_views)
            Probability of each class; view 0 is the plain one.
        provenance
            As in the attributes.
        average
            Whether the model answers with the mean over all views.
        other_seeds : sequence of ndarray of shape (n_cases, n_classes)
            What the same model answers when it was trained from other seeds, in their order: of
            the mean over all views if `average`, else of the plain view.
        """
        averaged = by_view.mean(axis=-1)
        views = [averaged if average else by_view[..., 0]]
        if by_view.shape[-1] > 1:
            views += [by_view[..., 1], averaged]
        classes = provenance["classes"]
        reported = list(Task.of(classes).reported)
        parts = {
            **dict(zip(VIEWS, views, strict=False)),
            **{f"seed{number}": each for number, each in enumerate(other_seeds, start=2)},
        }
        columns = {
            name: values
            for part, each in parts.items()
            for name, values in zip(columns_of(classes, part), each.T[reported], strict=True)
        }
        return cls(cases[CASES].assign(**columns).reset_index(drop=True), provenance)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names by label."""
        return tuple(self.provenance["classes"])

    @property
    def conditions(self) -> Conditions | None:
        """How the model was trained; None where the file does not say."""
        said = self.provenance.get("conditions")
        return None if said is None else Conditions.model_validate(said)

    @property
    def augmented(self) -> bool:
        """Whether there are probabilities of augmented views."""
        return set(columns_of(self.classes, VIEWS[1])) <= set(self.frame.columns)

    @property
    def trainings(self) -> tuple[NDArray[np.float64], ...]:
        """What each training answers, shape (n_cases, n_classes); the first is the reported one."""
        names = (VIEWS[0], *_other_trainings(self.frame, self.classes))
        return tuple(self.probabilities(name) for name in names)

    def of_split(self, split: str) -> Self:
        """Return the predictions of one split."""
        return replace(self, frame=self.frame[self.frame["split"] == split])

    def probabilities(self, view: str = VIEWS[0]) -> NDArray[np.float64]:
        """Return each class's probability, (n_cases, n_classes), of one of VIEWS or as 'seed2'."""
        found = self.frame[columns_of(self.classes, view)].to_numpy(np.float64)
        return np.column_stack([1 - found, found]) if found.shape[1] == 1 else found


def columns_of(classes: Sequence[str], view: str = VIEWS[0]) -> list[str]:
    """Return the columns that hold probabilities: that of the positive class, or one a class.

    Parameters
    ----------
    classes
        Names by label.
    view
        One of VIEWS; or as 'seed2', another training.
    """
    if Task.of(classes).binary:
        return ["probability" if view == VIEWS[0] else f"probability_{view}"]
    return [f"{view}_{name}" for name in classes]


def write_predictions(path: str | Path, predictions: Predictions) -> None:
    """Write predictions: one comment line of provenance as JSON, then the table as CSV.

    Probabilities are written with as many digits as it takes to read the same numbers back.

    Raises
    ------
    ValueError
        If a column is missing or not known, an id occurs twice, a split is none of train,
        validation and test, a label is of no class, or a probability is not from 0 to 1.
    """
    if problem := _problem(predictions.frame, predictions.classes):
        raise ValueError(problem)
    provenance = json.dumps(predictions.provenance, ensure_ascii=False)
    table = to_csv(predictions.frame)
    write_text(path, f"# {provenance}\n{table}")


def read_predictions(path: str | Path) -> Predictions:
    """Read what :func:`write_predictions` wrote.

    Raises
    ------
    RadbankError
        If the file is missing or is no table of predictions.
    """
    advice = "run `dvc repro` to make it anew"
    try:
        head, _, table = Path(path).read_text(encoding="utf-8").partition("\n")
        provenance = json.loads(head.removeprefix("#"))
        classes = tuple(provenance["classes"])
        # numbers too are read as text at first: older pandas rounds their last digit
        frame = pd.read_csv(io.StringIO(table), dtype="str", keep_default_na=False)
        numbers = [column for column in frame if column not in CASES]
        texts = {name: frame[name].map(restore) for name in ("id", "group")}
        frame = frame.assign(**texts).astype(
            {"label": "int64", **dict.fromkeys(numbers, "float64")}
        )
    except FileNotFoundError:
        raise RadbankError(f"There is no {path}: {advice}.") from None
    except (ValueError, KeyError, TypeError):
        raise RadbankError(f"{path} is no table of predictions: {advice}.") from None
    if problem := _problem(frame, classes):
        raise RadbankError(f"{path} is no table of predictions ({problem}): {advice}.")
    return Predictions(frame, provenance)


def _other_trainings(frame: pd.DataFrame, classes: Sequence[str]) -> list[str]:
    """Return the trainings after the first that have a column, as 'seed2', 'seed3', ..."""
    named = (f"seed{number}" for number in count(2))
    return list(takewhile(lambda name: columns_of(classes, name)[0] in frame, named))


def _problem(frame: pd.DataFrame, classes: Sequence[str]) -> str | None:
    """Say what keeps a frame from being predictions, or return None."""
    columns = list(frame.columns)
    answer, *altered = (columns_of(classes, view) for view in VIEWS)
    others: list[str] = []
    for name in _other_trainings(frame, classes):
        others += columns_of(classes, name)
    if columns not in (CASES + answer + others, CASES + sum(altered, answer) + others):
        return f"its columns are {', '.join(map(str, columns))}"
    probabilities = frame[columns[len(CASES) :]].to_numpy(np.float64)
    labels = range(len(classes))
    problems = {
        "an id occurs twice": frame["id"].duplicated().any(),
        "a split is none of train, validation and test": not frame["split"].isin(SPLITS).all(),
        f"a label is none of 0 to {labels[-1]}": not frame["label"].isin(labels).all(),
        "a probability is not from 0 to 1": not ((probabilities >= 0) & (probabilities <= 1)).all(),
    }
    return next((problem for problem, holds in problems.items() if holds), None)
