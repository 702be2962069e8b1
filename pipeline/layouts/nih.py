"""The layout of NIH ChestX-ray14 (Wang et al. 2017).

``Data_Entry_2017.csv`` (or its edition of 2020) with the findings of each image joined by ``|``,
the images in ``images/`` or in ``images_001/images/`` and so on, and, where they are there,
``train_val_list.txt`` and ``test_list.txt``, which divide the data by patient.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from pipeline.artifacts.quarantine import Rejected, UnusableFilesError, listing_rejected
from pipeline.artifacts.table import read_table
from pipeline.imaging.header import parse_age, parse_sex, parse_view
from pipeline.layouts.absent import say_absent
from pipeline.layouts.base import Entry, Layout, Listing
from pipeline.layouts.blank import is_blank
from pipeline.layouts.files import Tree, bare_name, find_files, litter
from pipeline.layouts.labels import SEPARATOR, classify, split_labels, why_unlabelled
from pipeline.layouts.misread import doubts
from pipeline.layouts.patient_columns import ungrouped
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
    tree, official = _find_images(root), _official(root)
    files = _match(table["Image Index"], tree)
    rejected, kept = [*tree.lost], []
    for row in table.to_dict("records"):
        image = row["Image Index"]
        if image not in files:
            rejected.append(Rejected(image, f"{table_name} names it but there is no file"))
        elif reason := why_unlabelled(row["Finding Labels"], table_name, "finding"):
            rejected.append(Rejected(files[image], reason))
        else:
            kept.append(row)
    named = set(files.values())
    rejected += [
        Rejected(str(path), f"it has no row in {table_name}")
        for path in tree.files
        if str(path) not in named
    ]
    findings = [split_labels(row["Finding Labels"]) for row in kept]
    absent = [(n, image) for n, image in enumerate(table["Image Index"], 1) if image not in files]
    if absent and len({each for found in findings for each in found}) < 2:
        raise UnusableFilesError(say_absent(table_name, root, absent, len(table)), rejected)
    with listing_rejected(rejected):
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
            sex=parse_sex(row["Patient Gender"]),
            age=parse_age(row["Patient Age"]),
            view=parse_view(row["View Position"]),
        )
        for row, blank, label, each in zip(kept, blanks, labels, findings, strict=True)
    ]
    cautions = ungrouped([not blank for blank in blanks], table_name)
    return Listing(
        entries,
        classes,
        rejected,
        passed_over=litter(tree),
        cautions=cautions + doubts(findings, table_name),
    )


LAYOUT = Layout(
    list_cases, pseudonymous=True, tables=(TABLES,), own_id=r"\d{8}_\d{3}", own_group=r"\d{1,5}"
)


def _find(root: Path) -> Path:
    there = sorted(root.glob(TABLES))
    if len(there) != 1:
        found = ", ".join(path.name for path in there) or "none"
        raise RadbankError(f"data.layout nih needs one {TABLES} in {root}, found {found}.")
    return there[0]


def _find_images(root: Path) -> Tree:
    """Find the files below the folders of images, none of them under the name of another."""
    folders = sorted(folder.name for folder in root.glob(IMAGES) if folder.is_dir())
    if not folders:
        raise RadbankError(f"There is no folder {IMAGES} in {root}, which data.layout nih needs.")
    tree = find_files(root, *folders)
    counts = Counter(path.name for path in tree.files)
    twice = [str(path) for path in tree.files if counts[path.name] > 1]
    if twice:
        raise UnusableFilesError(
            f"Two files below {IMAGES} have one name: keep one.",
            [Rejected(path, "another file has its name") for path in twice],
        )
    return tree


def _match(images: Iterable[str], tree: Tree) -> dict[str, str]:
    """Return the path of each image's file, by its name in any case and with any ending."""
    exact = {path.name: str(path) for path in tree.files}
    folded: dict[str, list[str]] = defaultdict(list)
    for path in tree.files:
        folded[bare_name(path.name).casefold()].append(str(path))
    found = {}
    for image in images:
        alike = folded[bare_name(image).casefold()]
        if image in exact:
            found[image] = exact[image]
        elif len(alike) == 1:
            found[image] = alike[0]
    return found


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
