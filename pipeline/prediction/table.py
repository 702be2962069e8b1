"""Write predicted probabilities of files as CSV, batch by batch."""

import csv
from pathlib import Path
from typing import TextIO

import numpy as np

from pipeline.artifacts.cells import guard
from pipeline.artifacts.predictions import columns_of
from pipeline.artifacts.quarantine import Rejected
from pipeline.evaluation.rule import DecisionRule
from pipeline.prediction.files import FilePixels
from pipeline.prediction.model import Predictor
from radbank.progress import track
from radbank.visible import visible


def write_probabilities(
    predictor: Predictor, paths: list[Path], output: TextIO, *, frame: int | None = None
) -> list[Rejected]:
    """Score files and write one line for each that could be read.

    Parameters
    ----------
    predictor
        The model.
    paths
        The files; a file's id is its path as given, with forward slashes, as
        :func:`radbank.visible.visible` and :func:`pipeline.artifacts.cells.guard` write it.
    output
        Where the CSV goes: columns id and probability (of the positive class), or of more than
        two classes probability_<class> of each, with as many digits as it takes to read the same
        numbers back; then `predicted`, the class called, and of two classes `threshold`, the
        probability chosen on validation from which the positive one is called.
    frame
        Which one of several frames of a DICOM file, from 1; None leaves such files out.

    Returns
    -------
    list of Rejected
        The files left out, in order.
    """
    pixels = FilePixels(paths, predictor.model.image_size, frame)
    writer = csv.writer(output, lineterminator="\n")
    model = predictor.model
    columns, rule = columns_of(model.classes), DecisionRule(model.threshold)
    decision = ("predicted",) if model.threshold is None else ("predicted", "threshold")
    writer.writerow(("id", *columns, *decision))
    position = 0
    scores = predictor.score(pixels)
    shown = track(scores, "predict", total=len(paths), unit="images", step=predictor.batch_size)
    for batch in shown:
        for probabilities, label in zip(
            batch.tolist(), rule(batch.astype(np.float64)), strict=True
        ):
            if position not in pixels.unreadable:
                name = guard(visible(paths[position].as_posix()))
                called = (guard(model.classes[label]), model.threshold)[: len(decision)]
                writer.writerow((name, *probabilities[-len(columns) :], *called))
            position += 1
    return [
        Rejected(visible(paths[at].as_posix()), visible(reason))
        for at, reason in sorted(pixels.unreadable.items())
    ]


def is_table(path: Path) -> bool:
    """Return whether a path is a table that :func:`write_probabilities` wrote."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.readline(2**16).startswith((b"id,probability", b'id,"probability'))
