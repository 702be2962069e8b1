"""Write predicted probabilities of files as CSV, batch by batch."""

import csv
from pathlib import Path
from typing import TextIO

from pipeline.artifacts.predictions import columns_of
from pipeline.artifacts.quarantine import Rejected
from pipeline.prediction.files import FilePixels
from pipeline.prediction.model import Predictor
from radbank.progress import track


def write_probabilities(
    predictor: Predictor, paths: list[Path], output: TextIO, *, frame: int | None = None
) -> list[Rejected]:
    """Score files and write one line for each that could be read.

    Parameters
    ----------
    predictor
        The model.
    paths
        The files; a file's id is its path as given, with forward slashes.
    output
        Where the CSV goes: columns id and probability (of the positive class), or of more than
        two classes probability_<class> of each, with as many digits as it takes to read the same
        numbers back.
    frame
        Which one of several frames of a DICOM file, from 1; None leaves such files out.

    Returns
    -------
    list of Rejected
        The files left out, in order.
    """
    pixels = FilePixels(paths, predictor.model.image_size, frame)
    writer = csv.writer(output, lineterminator="\n")
    columns = columns_of(predictor.model.classes)
    writer.writerow(("id", *columns))
    position = 0
    scores = predictor.score(pixels)
    shown = track(scores, "predict", total=len(paths), unit="images", step=predictor.batch_size)
    for batch in shown:
        for probabilities in batch.tolist():
            if position not in pixels.unreadable:
                writer.writerow((legible(paths[position]), *probabilities[-len(columns) :]))
            position += 1
    return [
        Rejected(legible(paths[at]), reason) for at, reason in sorted(pixels.unreadable.items())
    ]


def is_table(path: Path) -> bool:
    """Return whether a path is a table that :func:`write_probabilities` wrote."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.readline(2**16).startswith((b"id,probability", b'id,"probability'))


def legible(path: Path) -> str:
    """Return a path as text that any file can hold, also where its name is not UTF-8."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode()
