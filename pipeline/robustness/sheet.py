"""A sheet for reading suspect labels again, blinded: suspects among as many other images.

Whoever reads it sees pictures with numbers, neither names nor labels, and not which are suspect;
all that is in the key. For each suspect there
is a control, an image of the same label that no head contradicts, so that the labels on the sheet
tell nothing either. How often readers change labels of controls says what the change of suspects
means.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.artifacts.cells import restore, to_csv
from pipeline.artifacts.readings import COLUMNS, CONTROL, SUSPECT
from pipeline.artifacts.table import read_table
from radbank.errors import RadbankError
from radbank.files import write_text

SHEET, KEY = "sheet.csv", "key.csv"
IMAGES, HELP = "images", "read-me.txt"
_KEY = ("image", "id", "kind")
_SHEET = ("image", "reading", "reader")


def choose(
    cases: pd.DataFrame, suspects: Sequence[str], *, limit: int | None, seed: int
) -> pd.DataFrame:
    """Choose the images to read again.

    Parameters
    ----------
    cases
        Columns id and label of the images that may be read again, those that were read before
        left out.
    suspects
        Ids of all suspects, the most suspicious first; those that are not in `cases` are left out.
    limit
        How many suspects at most, or None.
    seed
        Of the choice of controls and of the order.

    Returns
    -------
    DataFrame
        Columns image (the name of its picture), id and kind, in an order that tells nothing.

    Raises
    ------
    RadbankError
        If no suspect is left.
    """
    label = cases.set_index("id")["label"]
    chosen = [each for each in suspects if each in label.index][:limit]
    if not chosen:
        raise RadbankError(
            "There is no suspect label to read again: those of these splits were all read, or "
            "curves/limits/suspects.csv names none (the report says why)."
        )
    generator = np.random.default_rng(seed)
    others = label.drop(list(set(suspects) & set(label.index))).sort_index()
    controls: list[str] = []
    for number, wanted in label[chosen].value_counts().sort_index().items():
        pool = others.index[others == number].to_numpy()
        controls += generator.permutation(pool)[:wanted].tolist()
    kinds = [SUSPECT] * len(chosen) + [CONTROL] * len(controls)
    order = generator.permutation(len(kinds))
    mixed = pd.DataFrame({"id": [*chosen, *controls], "kind": kinds}).iloc[order]
    return mixed.assign(image=[f"{number:04d}.png" for number in range(1, len(mixed) + 1)])


def write_sheet(folder: Path, chosen: pd.DataFrame, classes: Sequence[str]) -> None:
    """Write the sheet, its key and what to do with them into a new folder.

    Raises
    ------
    RadbankError
        If the folder is there and not empty: readings may be in it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RadbankError(f"{folder} is there already, perhaps with readings: name a new folder.")
    empty = chosen[["image"]].assign(reading="", reader="", comment="")
    write_text(folder / SHEET, to_csv(empty))
    write_text(folder / KEY, to_csv(chosen[list(_KEY)]))
    write_text(
        folder / HELP,
        f"Look at each picture in {IMAGES} and write into the column reading of {SHEET} one of: "
        f"{', '.join(classes)}. Leave the cell empty where you cannot tell. {KEY} says which "
        "images are suspect: whoever reads does not open it. The pictures show patients: keep "
        "the folder as safe as the images that they come from.\n"
        f"Then: radbank reread --from {folder.name}\n",
    )


def read_sheet(folder: Path, classes: Sequence[str]) -> pd.DataFrame:
    """Read a sheet that was filled in.

    Returns
    -------
    DataFrame
        As :func:`pipeline.artifacts.readings.read_readings`, without the images that have no
        reading.

    Raises
    ------
    RadbankError
        If a file is missing, the sheet has other images than its key, a reading is no class, or
        nothing was read.
    """
    for name in (SHEET, KEY):
        if not (folder / name).is_file():
            raise RadbankError(
                f"There is no {folder / name}: give the folder that `radbank reread --to` wrote."
            )
    sheet = read_table(folder / SHEET, _SHEET)[list(_SHEET)].map(restore)
    key = read_table(folder / KEY, _KEY)[list(_KEY)].map(restore)
    strange = sorted(set(sheet["image"]) ^ set(key["image"]))
    if strange or len(sheet) != len(key):
        which = strange[0] if strange else sheet["image"][sheet["image"].duplicated()].iloc[0]
        raise RadbankError(
            f"{folder / SHEET} and {folder / KEY} name other images ({which}): every image needs "
            "one row in both."
        )
    meant = {name.casefold(): name for name in classes}
    wrong = sheet[~sheet["reading"].str.casefold().isin({*meant, ""})]
    if len(wrong):
        raise RadbankError(
            f"{folder / SHEET} has the reading {wrong['reading'].iloc[0]!r} of image "
            f"{wrong['image'].iloc[0]}: it must be one of {', '.join(classes)}, or empty."
        )
    read = sheet[sheet["reading"] != ""].merge(key, on="image", validate="one_to_one")
    if read.empty:
        raise RadbankError(f"{folder / SHEET} has no reading yet: fill its column reading.")
    return read.assign(reading=read["reading"].str.casefold().map(meant))[list(COLUMNS)]
