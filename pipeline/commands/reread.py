"""radbank reread: have suspect labels read again, and take the readings back."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.help import HelpFormatter
from radbank.errors import RadbankError

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.artifacts.cases import Cases
    from pipeline.params import Params

DESCRIPTION = """\
Labels that heads contradict may be wrong, or the images hard: only a reader can tell. --to writes \
a sheet and pictures for one, after `dvc repro limits`: the suspects of curves/limits/suspects.csv \
and as many controls of the same labels, mixed, without names and labels. --from takes the sheet \
back once its column reading is filled in: it adds the readings to the table that data.readings \
names, and `dvc repro` then uses them as labels.

No image moves to another split. Images of the test split are left out but with --with-test: \
labels that are changed because a model contradicted them favour models like it, and every score \
then says so."""

EXAMPLE = """examples:
  radbank reread --to reading
  radbank reread --from reading
"""
DEFAULT = "readings.csv"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "reread",
        help="have suspect labels read again, and take the readings back",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=HelpFormatter,
    )
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--to", type=Path, metavar="FOLDER", help="new folder to write the sheet to")
    way.add_argument(
        "--from", dest="filled", type=Path, metavar="FOLDER", help="folder with the filled sheet"
    )
    parser.add_argument(
        "--limit", type=int, metavar="N", help="the N most suspicious only (default: all)"
    )
    parser.add_argument("--with-test", action="store_true", help="images of the test split too")
    parser.set_defaults(handler=reread)


def reread(arguments: argparse.Namespace) -> None:
    """Write a sheet, or take one back.

    Raises
    ------
    RadbankError
        If the project was not run so far, nothing is suspect, or the sheet is not as it should be.
    """
    from pipeline import paths  # noqa: PLC0415 - takes a second to import
    from pipeline.artifacts.cases import read_cases  # noqa: PLC0415 - as above
    from pipeline.params import load_params  # noqa: PLC0415 - as above

    if arguments.limit is not None and arguments.limit < 1:
        raise RadbankError(f"--limit is {arguments.limit}: it must be 1 or more.")
    params, cases = load_params(), read_cases(paths.CASES)
    if arguments.to is not None:
        splits = ["train", "validation", *(["test"] if arguments.with_test else [])]
        _write(arguments, params, cases, splits)
    else:
        _take_back(arguments.filled, params, cases)


def _write(
    arguments: argparse.Namespace, params: "Params", cases: "Cases", splits: list[str]
) -> None:
    from pipeline import paths  # noqa: PLC0415 - as above
    from pipeline.artifacts.own_table import read_own_table  # noqa: PLC0415 - as above
    from pipeline.artifacts.splits import read_splits  # noqa: PLC0415 - as above
    from pipeline.robustness.sheet import choose, write_sheet  # noqa: PLC0415 - as above

    suspects = read_own_table(
        paths.LIMITS / "suspects.csv", text=("id", "group", "split"), stage="limits"
    )["id"].tolist()
    split = read_splits(paths.SPLITS).set_index("id")["split"]
    frame = cases.frame
    open_to = frame["id"].map(split).isin(splits) & frame["read_again"].isna()
    chosen = choose(frame[open_to], suspects, limit=arguments.limit, seed=params.seed)
    write_sheet(arguments.to, chosen, cases.classes)
    _write_pictures(arguments.to, params, chosen.merge(frame, on="id", validate="one_to_one"))
    counts = chosen["kind"].value_counts()
    print(
        f"{len(chosen)} images to read, {counts['suspect']} of them suspect, in {arguments.to} "
        "(which shows patients). Fill the column reading of sheet.csv with one of "
        f"{', '.join(cases.classes)}, then: radbank reread --from {arguments.to}"
    )


def _write_pictures(folder: Path, params: "Params", chosen: "pd.DataFrame") -> None:
    from PIL import Image  # noqa: PLC0415 - as above

    from pipeline.imaging.image import UnreadableImage  # noqa: PLC0415 - as above
    from pipeline.imaging.read import read_image  # noqa: PLC0415 - as above
    from pipeline.robustness.sheet import IMAGES  # noqa: PLC0415 - as above
    from radbank.progress import track  # noqa: PLC0415 - as above

    (folder / IMAGES).mkdir()
    rows = list(zip(chosen["image"], chosen["id"], chosen["path"], strict=True))
    for picture, name, path in track(rows, "writing pictures", total=len(rows)):
        try:
            image = read_image(Path(params.data.root) / path, frame=params.data.frame)
        except UnreadableImage as reason:
            raise RadbankError(
                f"The file of {name} is not as ingest read it ({reason}): restore it, or run "
                "`dvc repro`."
            ) from None
        Image.fromarray(image.grey).save(folder / IMAGES / picture)


def _take_back(folder: Path, params: "Params", cases: "Cases") -> None:
    import pandas as pd  # noqa: PLC0415 - as above

    from pipeline.artifacts.readings import read_readings, write_readings  # noqa: PLC0415 - as above
    from pipeline.ingestion.second_reading import apply_readings  # noqa: PLC0415 - as above
    from pipeline.robustness.sheet import read_sheet  # noqa: PLC0415 - as above
    from pipeline.statistics.second_reading import count_changed  # noqa: PLC0415 - as above

    fresh = read_sheet(folder, cases.classes)
    path = Path(params.data.readings or DEFAULT)
    known = read_readings(path, cases.classes) if path.exists() else fresh[:0]
    both = fresh.merge(known, on="id")
    other = both[both["reading_x"] != both["reading_y"]]
    if len(other):
        row = other.iloc[0]
        raise RadbankError(
            f"Image {row['id']} was read as {row['reading_y']} before ({path}) and as "
            f"{row['reading_x']} now: settle it in one of the two tables."
        )
    every = pd.concat([known, fresh[~fresh["id"].isin(known["id"])]])
    unread = cases.frame.assign(label=cases.given_labels)
    write_readings(path, every)
    frame, _ = apply_readings(unread, cases.classes, str(path))
    for changed in count_changed(frame, params.evaluate.confidence):
        print(f"Another label than given: {changed.sentence}")
    print(f"{len(every)} readings in {path}.", end=" ")
    if params.data.readings is None:
        print(f"Set data.readings: {path} in params.yaml, then run `dvc repro`.")
    else:
        print("Run `dvc repro`.")
