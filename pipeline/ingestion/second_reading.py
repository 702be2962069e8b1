"""Labels that a second reading changed."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.artifacts.readings import read_readings
from radbank.errors import RadbankError


def apply_readings(
    frame: pd.DataFrame, classes: Sequence[str], path: str | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Replace the labels of images that were read again.

    Parameters
    ----------
    frame
        Columns as in :data:`pipeline.artifacts.cases.SCHEMA`.
    classes
        Names by label.
    path
        The table that ``data.readings`` names, or None.

    Returns
    -------
    frame
        `label` as read again; `given_label` as the data came and `read_again` as what, of the
        images that were read again.
    cautions
        A sentence that says how many labels changed.

    Raises
    ------
    RadbankError
        If the table cannot be read, none of its images is here, or no image of a class is left.
    """
    if path is None:
        return frame, ()
    readings = read_readings(Path(path), classes).set_index("id")
    known = frame["id"].isin(readings.index)
    if len(readings) and not known.any():
        raise RadbankError(
            f"{path} (data.readings) names images, {readings.index[0]} first, but none that are "
            "here: set data.readings to null, or to the table of these images."
        )
    ids = frame["id"][known]
    label = frame["label"].copy()
    label[known] = readings["reading"].map(list(classes).index)[ids].to_numpy()
    changed = int((label != frame["label"]).sum())
    lost = [name for number, name in enumerate(classes) if number not in set(label)]
    if lost:
        raise RadbankError(
            f"By the readings in {path} (data.readings) no image is left of class "
            f"{' or '.join(lost)}, and each class needs some."
        )
    read = frame.assign(
        label=label,
        given_label=frame["label"].where(known).astype("Int64"),
        read_again=frame["id"].map(readings["kind"]),
    )
    caution = (
        f"A second reading changed the labels of {changed} of the {int(known.sum())} images that "
        "were read again"
    )
    return read, (f"{caution}.",)
