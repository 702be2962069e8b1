"""The layout of the RSNA Pneumonia Detection Challenge, stage 2 (Shih et al. 2019).

``stage_2_train_images/<patientId>.dcm``, ``stage_2_train_labels.csv`` and, where it is there,
``stage_2_detailed_class_info.csv``. Both tables have a row for each box, so an id can recur.
The challenge's ``patientId`` names an image and not a person: see ``data.groups``.
"""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pandas as pd

from pipeline.artifacts.quarantine import Rejected, UnusableFilesError
from pipeline.artifacts.table import read_table
from pipeline.layouts.absent import say_absent
from pipeline.layouts.base import Entry, Layout, Listing
from pipeline.layouts.blank import is_blank
from pipeline.layouts.files import bare_name, find_files, litter
from pipeline.layouts.patient_columns import unused_patients
from pipeline.layouts.spelling import whole
from radbank.errors import RadbankError

IMAGES = "stage_2_train_images"
LABELS = "stage_2_train_labels.csv"
FINDINGS = "stage_2_detailed_class_info.csv"
CLASSES = ("No Lung Opacity", "Lung Opacity")
_BOX = ["x", "y", "width", "height"]


def list_cases(root: Path, positive: str | None) -> Listing:
    """List the challenge's images.

    Parameters
    ----------
    root
        Folder with the tables and the folder of images.
    positive
        Must be None or "Lung Opacity": the challenge's target is fixed.

    Raises
    ------
    RadbankError
        If a table or the folder of images is missing, or a table lacks columns.
    """
    if positive not in {None, CLASSES[1]}:
        raise RadbankError(
            f"data.positive is {positive!r}, but the rsna layout's positive class is "
            f"{CLASSES[1]!r}: set it to null."
        )
    columns = ["patientId", *_BOX, "Target"]
    labels = read_table(root / LABELS, columns)
    folder = root / IMAGES
    if not folder.is_dir():
        raise RadbankError(f"There is no folder {IMAGES} in {root}, which data.layout rsna needs.")
    tree = find_files(root, IMAGES)
    files, others = _by_id(tree.files)
    findings = _findings(root / FINDINGS)
    entries, rejected = [], [*tree.lost]
    absent = []
    for patient, rows in labels.groupby("patientId", sort=True):
        case = str(patient)
        path = files.pop(case, None)
        targets = set(map(whole, rows["Target"]))
        if path is None:
            absent.append((int(rows.index[0]) + 1, f"{IMAGES}/{case}.dcm"))
            rejected.append(
                Rejected(f"{IMAGES}/{case}.dcm", f"{LABELS} names it but there is no file")
            )
        elif not targets <= {"0", "1"}:
            rejected.append(Rejected(path, f"its Target in {LABELS} is neither 0 nor 1"))
        elif len(targets) > 1:
            rejected.append(Rejected(path, f"its rows in {LABELS} contradict one another"))
        else:
            label, finding = int(targets.pop()), findings.get(case)
            entries.append(Entry(case, case, path, label, finding, _boxes(rows)))
    rejected += [Rejected(path, f"it has no row in {LABELS}") for path in files.values()]
    if absent and not entries:
        total = labels["patientId"].nunique()
        raise UnusableFilesError(say_absent(LABELS, root, sorted(absent), total), rejected)
    return Listing(
        entries,
        CLASSES,
        rejected,
        passed_over=[*litter(tree), *others],
        unused_patients=unused_patients(
            sorted(set(labels.columns) - set(columns)),
            LABELS,
            "write patientId and that column to a table of their own for data.groups",
        ),
    )


_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
LAYOUT = Layout(list_cases, pseudonymous=True, tables=(LABELS,), own_id=_UUID, own_group=_UUID)


def _by_id(paths: Sequence[PurePosixPath]) -> tuple[dict[str, str], list[Rejected]]:
    """Return the file of each id, and those that another file of the same id goes before.

    The file whose name ends in .dcm goes first, then the one nearest to the folder.
    """
    files: dict[str, str] = {}
    others = []
    for path in sorted(paths, key=lambda each: (each.suffix != ".dcm", len(each.parts), each)):
        if bare_name(path.name) in files:
            others.append(Rejected(str(path), "another file has its name"))
        else:
            files[bare_name(path.name)] = str(path)
    return files, others


def _boxes(rows: pd.DataFrame) -> list[list[float]] | None:
    """Return an image's complete boxes, or None."""
    # a decimal comma is one where the separator is another sign
    points = rows[_BOX].apply(lambda column: column.str.replace(",", "."))
    numbers = points.apply(pd.to_numeric, errors="coerce").dropna()
    boxes: list[list[float]] = numbers.to_numpy(float).tolist()
    return boxes or None


def _findings(path: Path) -> dict[str, str]:
    """Return each image's detailed class, which all its rows share."""
    if not path.is_file():
        return {}
    table = read_table(path, ["patientId", "class"])
    pairs = zip(table["patientId"], table["class"], strict=True)
    return {case: name for case, name in pairs if not is_blank(name)}
