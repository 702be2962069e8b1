"""radbank features: describe a feature store and its provenance."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from pipeline.commands.help import HelpFormatter
from pipeline.paths import FEATURES, IMAGES, feature_store
from radbank.console import plain_console
from radbank.errors import RadbankError
from radbank.overwriting import check_output
from radbank.remote import is_url

if TYPE_CHECKING:
    import xarray as xr

EXAMPLE = """examples:
  radbank features efficientnet_lite0
  radbank features data/features/resnet50.zarr --neighbours demo-0017
  radbank features efficientnet_lite0 --to s3://bucket/efficientnet_lite0.zarr
  radbank features s3://bucket/efficientnet_lite0.zarr
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "features",
        help="show what is in a feature store",
        description="Show shape, provenance and statistics of a feature store, and the images "
        "most like a given one; or copy the store. A backbone's store that is not in this project "
        "is made from the bank of embeddings, if all of it is there.",
        epilog=EXAMPLE,
        formatter_class=HelpFormatter,
    )
    parser.add_argument("store", help="a backbone's name, or the path or URL of a store")
    parser.add_argument("--neighbours", metavar="ID", help="show the images most like this one")
    parser.add_argument(
        "--count", type=int, default=5, help="how many of them (default: %(default)s)"
    )
    parser.add_argument(
        "--to", metavar="PLACE", help="copy it to this path or URL, and show what came to be there"
    )
    parser.set_defaults(handler=show)


def show(arguments: argparse.Namespace) -> None:
    """Print the summary."""
    from features.store.copying import copy_store  # noqa: PLC0415 - takes a second to import
    from features.store.store import is_store, open_store  # noqa: PLC0415 - takes a second to import

    path = find(arguments.store)
    if arguments.to is not None:
        if not is_url(arguments.to):
            check_output(Path(arguments.to), "--to", wrote=is_store)
        copy_store(path, arguments.to)
        path = arguments.to
    with open_store(path) as store:
        console = plain_console()
        for caution in cautions(store):
            console.print(caution, style="bold")
        console.print(_provenance(path, store))
        console.print(_counts(store))
        if arguments.neighbours is not None:
            console.print(_neighbours(store, arguments.neighbours, arguments.count))


def find(name: str) -> str | Path:
    """Return the path or URL of a store given by either or by its backbone's name.

    A backbone's store that is not in this project is made from the bank, if all of it is there.

    Raises
    ------
    RadbankError
        If there is none: which ones there are, or what the bank lacks.
    """
    if is_url(name):
        return name
    for path in (Path(name), feature_store(name)):
        if path.is_dir():
            return path
    if IMAGES.is_file() and Path(name).suffix != ".zarr":
        from pipeline.extraction.materialise import materialise  # noqa: PLC0415 - imports torch
        from pipeline.params import load_params  # noqa: PLC0415 - imports pydantic

        path = materialise(load_params().model_copy(update={"backbone": name}))
        print(f"{path} was not here and is now made from the bank")
        return path
    there = sorted(path.stem for path in FEATURES.glob("*.zarr"))
    known = f"there are {', '.join(there)}" if there else f"there are none in {FEATURES}"
    raise RadbankError(
        f"There is no feature store {name!r}: {known}; `dvc exp run -S backbone={name}` makes one."
    )


def cautions(store: "xr.Dataset") -> list[str]:
    """Return warnings about a store: synthetic images, random weights."""
    return [
        words
        for present, words in (
            (store.attrs["synthetic"], "SYNTHETIC IMAGES: a demo cohort, not patients"),
            (store.attrs["weights_random"], "RANDOM WEIGHTS: an untrained network"),
        )
        if present
    ]


def _provenance(path: str | Path, store: "xr.Dataset") -> Table:
    from features.statistics import describe_embeddings  # noqa: PLC0415 - with xarray

    facts = store.attrs
    sizes = store.sizes
    figures = describe_embeddings(store)
    preprocessing = facts["preprocessing"]
    table = Table(box=None, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in (
        ("store", path),
        ("data", facts["data"]),
        (
            "shape",
            f"{sizes['image']:,} images, {sizes['view']} views, {sizes['feature']:,} features",
        ),
        ("backbone", facts["backbone"]),
        ("layers", ", ".join(facts["layers"])),
        ("weights", f"{facts['weights']}, sha256 {facts['weights_sha256']}"),
        (
            "preprocessing",
            f"whole image of {facts['image_size']} px to {preprocessing['input_size']} px, "
            + "{interpolation}, mean {mean}, std {std}".format(**preprocessing),
        ),
        ("computed by", f"{facts['engine']} engine, {facts['precision']}, {facts['device']}"),
        ("made with", ", ".join(f"{k} {v}" for k, v in facts["library_versions"].items())),
        (
            "norms",
            f"{figures.norm_min:.3g} to {figures.norm_max:.3g}, median {figures.norm_median:.3g}",
        ),
        ("dead features", f"{figures.dead:,} of {figures.n_features:,}"),
        ("missing values", "none (checked)"),
    ):
        table.add_row(name, str(value))
    return table


def _counts(store: "xr.Dataset") -> Table:
    """Return images by split and class."""
    classes = store.attrs["classes"]
    table = Table("split", *classes, "images", "patients", box=None, title_justify="left")
    frame = store[["group", "label", "split"]].to_dataframe()
    for split in ("train", "validation", "test", "excluded"):
        rows = frame[frame["split"] == split]
        if len(rows):
            counts = [int((rows["label"] == label).sum()) for label in range(len(classes))]
            cells = (*counts, len(rows), rows["group"].nunique())
            table.add_row(split, *(f"{cell:,}" for cell in cells))
    return table


def _neighbours(store: "xr.Dataset", image: str, count: int) -> Table:
    from features.statistics import nearest  # noqa: PLC0415 - with xarray

    table = Table("most like it", "cosine", "class", "split", "patient", box=None)
    table.columns[0].no_wrap = True  # ids are printed whole, to be copied
    for row, cosine in nearest(store, image, count):
        at = store.isel(image=row)
        name = store.attrs["classes"][int(at["label"])]
        cells = (at["id"].item(), f"{cosine:.4f}", name, at["split"].item(), at["group"].item())
        table.add_row(*map(str, cells))
    return table
