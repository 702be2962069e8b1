"""The layout of NIH ChestX-ray14 (Wang et al. 2017).

``Data_Entry_2017.csv`` (or its edition of 2020) with the findings of each image joined by ``|``,
the images in ``images/`` or in ``images_001/images/`` and so on, and, where they are there,
``train_val_list.txt`` and ``test_list.txt``, which divide the data by patient.
"""

from pathlib import Path

from pipeline.artifacts.quarantine import Rejected, UnusableFilesError
from pipeline.artifacts.table import read_table
from pipeline.layouts.base import Entry, Layout, Listing
from pipeline.layouts.blank import is_blank
from pipeline.layouts.labels import SEPARATOR, classify, split_labels, why_unlabelled
from pipeline.layouts.misread import doubts
from pipeline.layouts.patient_columns import ungrouped
from pipeline.layouts.person import age_of, sex_of, view_of
from radbank.errors import RadbankError

TABLES = "Data_Entry_2017*.csv"
_NAMES = {"Data_Entry_2017.csv", "Data_Entry_2017_v2020.csv"}  # others may say more
IMAGES = "images*"
LISTS = {"train_val_list.txt": "train", "test_list.txt": "test"}
COLUMNS = (
    "Image Index",
    "Finding Labels",
    "Patient ID",
    "Patient Age",
    "Patient Gender",
    "View Position",
)


def list_cases(root: Path, positive: str | None) -> Listing:
    """List the images of ChestX-ray14.

    Parameters
    ----------
    root
        Folder with the table and the folders of images.
    positive
        The finding that is to be told from all images without it, ``Pneumonia`` for example.

    Raises
    ------
    RadbankError
        If the table or the images are missing, the table lacks columns or repeats an image, an
        image is in both lists, or `positive` is None or no finding of the table.
    """
    path = _find(root)
    table_name = path.name if path.name in _NAMES else TABLES
    table = read_table(path, COLUMNS)[list(COLUMNS)]
    repeated = table.index[table["Image Index"].duplicated()]
    if len(repeated):
        raise RadbankError(
            f"{table_name} has another row above for the image of row {repeated[0] + 1}."
        )
    files, official = _files(root), _official(root)
    rejected, kept = [], []
    for row in table.to_dict("records"):
        image = row["Image Index"]
        if image not in files:
            rejected.append(Rejected(image, f"{table_name} names it but there is no file"))
        elif reason := why_unlabelled(row["Finding Labels"], table_name, "finding"):
            rejected.append(Rejected(files[image], reason))
        else:
            kept.append(row)
    named = set(table["Image Index"])
    rejected += [
        Rejected(file, f"it has no row in {table_name}")
        for image, file in files.items()
        if image not in named
    ]
    findings = [split_labels(row["Finding Labels"]) for row in kept]
    labels, classes = classify(findings, positive, table_name)
    if positive is None:
        raise RadbankError(f"data.layout nih needs data.positive: one of {', '.join(classes)}.")
    blanks = [is_blank(row["Patient ID"]) for row in kept]
    entries = [
        Entry(
            id=Path(row["Image Index"]).stem,
            group=Path(row["Image Index"]).stem if blank else row["Patient ID"],
            path=files[row["Image Index"]],
            label=label,
            finding=SEPARATOR.join(each),
            findings=each,
            official_split=official.get(row["Image Index"]),
            sex=sex_of(row["Patient Gender"]),
            age=age_of(row["Patient Age"]),
            view=view_of(row["View Position"]),
        )
        for row, blank, label, each in zip(kept, blanks, labels, findings, strict=True)
    ]
    cautions = ungrouped([not blank for blank in blanks], table_name)
    return Listing(entries, classes, rejected, cautions=cautions + doubts(findings, table_name))


LAYOUT = Layout(list_cases, pseudonymous=True, own_id=r"\d{8}_\d{3}", own_group=r"\d{1,5}")


def _find(root: Path) -> Path:
    there = sorted(root.glob(TABLES))
    if len(there) != 1:
        found = ", ".join(path.name for path in there) or "none"
        raise RadbankError(f"data.layout nih needs one {TABLES} in {root}, found {found}.")
    return there[0]


def _files(root: Path) -> dict[str, str]:
    """Return each image's path below the root, by its name."""
    folders = sorted(folder for folder in root.glob(IMAGES) if folder.is_dir())
    if not folders:
        raise RadbankError(f"There is no folder {IMAGES} in {root}, which data.layout nih needs.")
    files: dict[str, str] = {}
    twice: list[str] = []
    for folder in folders:
        for file in sorted(folder.rglob("*.png")):
            path = file.relative_to(root).as_posix()
            if file.name in files:
                twice += [path, files[file.name]]
            files[file.name] = path
    if twice:
        raise UnusableFilesError(
            f"Two files below {IMAGES} have one name: keep one.",
            [Rejected(each, "another file has its name") for each in sorted(set(twice))],
        )
    return files


def _official(root: Path) -> dict[str, str]:
    """Return the split of each image that a list names."""
    official: dict[str, str] = {}
    for name, split in LISTS.items():
        path = root / name
        if not path.is_file():
            continue
        try:
            images = path.read_text(encoding="utf-8-sig").split()
        except ValueError:
            raise RadbankError(f"{path} cannot be read as text in UTF-8.") from None
        both = sum(official.get(image, split) != split for image in images)
        if both:
            raise RadbankError(f"{both} images are in {' and in '.join(LISTS)}, in {root}.")
        official |= dict.fromkeys(images, split)
    return official
