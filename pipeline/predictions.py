"""predictions/<model>.csv: what a model says of every image, and what the model comes from."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radbank.errors import RadbankError
from radbank.files import write_text

COLUMNS = ["id", "group", "label", "split", "probability"]
VIEW_COLUMNS = ["probability_augmented", "probability_averaged"]
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class Predictions:
    """A model's probabilities.

    Attributes
    ----------
    frame : DataFrame
        One row an image of train, validation and test, sorted by id: id, group (patient), label
        (0 or 1), split, probability (of the positive class: what the model says, on the plain
        view unless it averages views); and where there are augmented views,
        probability_augmented (on the first of them) and probability_averaged (mean over all
        views, the plain one included).
    provenance : dict
        backbone, weights (their name), weights_random, synthetic, classes (negative, positive).
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
    ) -> Self:
        """Join cases with their probabilities.

        Parameters
        ----------
        cases : DataFrame
            Columns id, group, label, split.
        by_view : ndarray of shape (n_cases, n_views)
            Probability of the positive class; view 0 is the plain one.
        provenance
            As in the attributes.
        average
            Whether the model answers with the mean over all views.
        """
        averaged = by_view.mean(axis=1)
        frame = cases[COLUMNS[:4]].assign(probability=averaged if average else by_view[:, 0])
        if by_view.shape[1] > 1:
            frame = frame.assign(probability_augmented=by_view[:, 1], probability_averaged=averaged)
        return cls(frame.sort_values("id", ignore_index=True), provenance)


def write_predictions(path: str | Path, predictions: Predictions) -> None:
    """Write predictions: one comment line of provenance as JSON, then the table as CSV.

    Probabilities are written with as many digits as it takes to read the same numbers back.

    Raises
    ------
    ValueError
        If a column is missing or not known, an id occurs twice, a split is none of train,
        validation and test, or a probability is not from 0 to 1.
    """
    if problem := _problem(predictions.frame):
        raise ValueError(problem)
    provenance = json.dumps(predictions.provenance, ensure_ascii=False)
    table = predictions.frame.sort_values("id").to_csv(index=False, lineterminator="\n")
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
        # numbers too are read as text at first: older pandas rounds their last digit
        frame = pd.read_csv(io.StringIO(table), dtype="str", keep_default_na=False)
        numbers = [column for column in frame if str(column).startswith("probability")]
        frame = frame.astype({"label": "int64", **dict.fromkeys(numbers, "float64")})
    except FileNotFoundError:
        raise RadbankError(f"There is no {path}: {advice}.") from None
    except (ValueError, KeyError):
        raise RadbankError(f"{path} is no table of predictions: {advice}.") from None
    if problem := _problem(frame):
        raise RadbankError(f"{path} is no table of predictions ({problem}): {advice}.")
    return Predictions(frame, provenance)


def _problem(frame: pd.DataFrame) -> str | None:
    """Say what keeps a frame from being predictions, or return None."""
    columns = list(frame.columns)
    if columns not in (COLUMNS, COLUMNS + VIEW_COLUMNS):
        return f"its columns are {', '.join(map(str, columns))}"
    probabilities = frame[columns[4:]].to_numpy(np.float64)
    problems = {
        "an id occurs twice": frame["id"].duplicated().any(),
        "a split is none of train, validation and test": not frame["split"].isin(SPLITS).all(),
        "a label is neither 0 nor 1": not frame["label"].isin([0, 1]).all(),
        "a probability is not from 0 to 1": not ((probabilities >= 0) & (probabilities <= 1)).all(),
    }
    return next((problem for problem, holds in problems.items() if holds), None)
