"""radbank init: look at a folder of images and write params.yaml for it."""

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.commands.help import HelpFormatter
from radbank.errors import RadbankError

if TYPE_CHECKING:
    from rich.table import Table

    from pipeline.layouts.base import Listing

DESCRIPTION = """\
Look at a folder of images without opening one, say what it takes for classes, patients and splits \
and of what it is not sure, and set the keys under `data` in params.yaml. All other settings stay. \
Then `dvc repro` runs on these images.

A folder is told by what lies in it: the tables of the RSNA challenge or of NIH ChestX-ray14, a \
manifest.csv or manifest.parquet, or else folders of classes, which may lie below train, \
validation and test. Patients come from the layout, from a CSV of two columns (image, patient) in \
the folder, from folders of patients, or from the beginning of file names: look at the examples, \
as images of one patient on both sides of the split flatter every model."""

EXAMPLE = """examples:
  radbank init /data/chest
  radbank init "/data/Roentgen study (2024)" --positive pneumonia
  radbank init /data/chest --patients 'patient(\\d+)'
  radbank init /data/chest --patients none --dry-run
"""
PARAMS = Path("params.yaml")
SHOWN = 10


@dataclass(frozen=True)
class Found:
    """What a folder was taken for.

    Attributes
    ----------
    settings
        Keys of `data` and their values.
    listing
        The images with their patients.
    unsure
        Sentences on what may be wrong.
    """

    settings: dict[str, Any]
    listing: "Listing"
    unsure: tuple[str, ...]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "init",
        help="look at a folder of images and write params.yaml for it",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=HelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="the folder with the images")
    parser.add_argument("--layout", help="how it is laid out (default: as it looks)")
    parser.add_argument("--positive", metavar="CLASS", help="the class that counts as positive")
    parser.add_argument(
        "--patients",
        metavar="PATTERN",
        help="regular expression that finds the patient in a file's name or path, a CSV of two "
        "columns (image, patient), or none: every image is of another patient",
    )
    parser.add_argument("--dry-run", action="store_true", help="only look; write nothing")
    parser.set_defaults(handler=init)


def init(arguments: argparse.Namespace) -> None:
    """Look, say what was found, and write the settings.

    Raises
    ------
    RadbankError
        If there is no params.yaml here, or the folder is not laid out in any known way.
    """
    from dvc.utils.hydra import apply_overrides  # noqa: PLC0415 - takes a second to import
    from dvc.utils.serialize import modify_yaml  # noqa: PLC0415 - as above

    from pipeline.params import load_params  # noqa: PLC0415 - as above
    from radbank.console import plain_console  # noqa: PLC0415 - as above

    load_params()
    found = look(arguments.folder, arguments.layout, arguments.positive, arguments.patients)
    console = plain_console()
    console.print(*summary(found), sep="\n", soft_wrap=True)
    console.print(examples(found.listing))
    if found.unsure:
        console.print("Not sure:", *(f"- {each}" for each in found.unsure), sep="\n")
    if arguments.dry_run:
        return
    with modify_yaml(str(PARAMS)) as params:
        params["data"].update(found.settings)
    apply_overrides(str(PARAMS), [])  # puts lists as `-S` will, so that it changes only its line
    console.print(f"\n{PARAMS} is set: dvc repro", soft_wrap=True)


def look(folder: Path, layout: str | None, positive: str | None, patients: str | None) -> Found:
    """Find classes, patients and splits of a folder of images.

    Parameters
    ----------
    folder
        Of the data set.
    layout
        Its layout, or None: as it looks.
    positive
        The positive class, or None: the layout's rule.
    patients
        A pattern, the path of a CSV, 'none', or None: a guess.

    Raises
    ------
    RadbankError
        If the folder is not laid out in any known way.
    """
    from pipeline.layouts import find_layout, get_layout, list_cases  # noqa: PLC0415 - with pandas
    from pipeline.layouts.groups import regroup  # noqa: PLC0415 - as above
    from pipeline.layouts.guess import find_groups, guess_pattern  # noqa: PLC0415 - as above

    root = folder.expanduser().resolve()
    name = layout or find_layout(root)
    listing = list_cases(name, root, positive)
    if not listing.entries:
        raise RadbankError(
            f"{folder} holds no image that layout {name} can use: see `radbank init --help` for "
            "how a folder may be laid out."
        )
    groups: str | None = None
    pattern: str | None = None
    unsure = []
    alone = all(entry.group == entry.id for entry in listing.entries)
    if patients is not None and Path(patients).is_file():
        groups = str(Path(patients).resolve())
    elif patients is not None and patients != "none":
        pattern = patients
    elif patients is None and (table := find_groups(root, listing.entries)) is not None:
        groups = str(root / table)
    elif patients is None and alone and not get_layout(name).pseudonymous:
        pattern = guess_pattern(listing.entries)
        if pattern is not None:
            unsure.append(
                f"Patients are guessed from paths ({pattern}): are those below right? If not, "
                "give --patients another pattern, a table, or none."
            )
    if alone and groups is None and pattern is None and patients != "none":
        unsure.append(
            "Nothing names patients, so every image counts as another one. If some are of one "
            "patient, write a CSV of two columns, image and patient, and give it to --patients."
        )
    found = regroup(listing, groups, pattern)
    if len(found.classes) == 2 and positive is None and name != "rsna":
        unsure.append(f"{found.classes[1]} counts as positive: --positive names another.")
    settings = {
        "layout": name,
        "root": str(root),
        "groups": groups,
        "group_pattern": pattern,
        "positive": positive,
    }
    return Found(settings, found, (*unsure, *found.cautions))


def summary(found: Found) -> list[str]:
    """Say how many images, classes, patients and splits there are."""
    entries, listing = found.listing.entries, found.listing
    labels = Counter(entry.label for entry in entries)
    splits = Counter(entry.official_split for entry in entries if entry.official_split)
    patients = len({entry.group for entry in entries})
    source = found.settings["groups"] or found.settings["group_pattern"] or "the layout"
    named = ", ".join(f"{labels[number]:,} {name}" for number, name in enumerate(listing.classes))
    told = ", ".join(f"{count:,} {name}" for name, count in sorted(splits.items()))
    lines = [
        f"{found.settings['root']}: layout {found.settings['layout']}",
        f"{len(entries):,} images: {named}",
        f"{patients:,} patients, by {source}",
        f"splits: {told or 'none come with the data; split.test and split.validation make them'}",
    ]
    if listing.rejected:
        lines.append(f"{len(listing.rejected):,} files cannot be used: dvc repro says why")
    return lines


def examples(listing: "Listing") -> "Table":
    """Return ten images, spread over all, with what each is taken for."""
    from rich.table import Table  # noqa: PLC0415 - takes a while to import

    table = Table(box=None, pad_edge=False)
    for heading in ("image", "class", "patient", "split"):
        table.add_column(heading, overflow="fold")
    entries = listing.entries
    step = max(len(entries) // SHOWN, 1)
    for entry in entries[::step][:SHOWN]:
        name = listing.classes[entry.label]
        table.add_row(entry.path, name, entry.group, entry.official_split or "")
    return table
