"""radbank estimate: time, disk and memory of extraction, before it runs."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table

from pipeline.commands.help import HelpFormatter
from pipeline.params import Params, load_params
from radbank.console import plain_console
from radbank.errors import RadbankError
from radbank.progress import duration, track

if TYPE_CHECKING:
    from pipeline.extraction.estimation import ExtractionEstimate

EXAMPLE = """examples:
  radbank estimate
  radbank estimate --backbones efficientnet_lite0,resnet50,vgg19 --images 26684
  radbank estimate --weights random --json
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "estimate",
        help="say what extraction would take: time, disk and memory",
        description="Embed a few batches with the settings of params.yaml, in a process of its "
        "own for each backbone, and say what the whole cohort would take: time, room in the bank "
        "and for the feature store, memory. The images are those of data/images.h5, or noise "
        "where they are not there yet. What the bank already has is not counted. Nothing is "
        "downloaded or kept.",
        epilog=EXAMPLE,
        formatter_class=HelpFormatter,
    )
    parser.add_argument(
        "--backbones", metavar="NAME,NAME", help="which ones (default: that of params.yaml)"
    )
    parser.add_argument(
        "--images",
        type=int,
        metavar="NUMBER",
        help="size of the cohort (default: that of data/images.h5 or data/cases.parquet)",
    )
    parser.add_argument(
        "--weights",
        choices=("imagenet", "random"),
        help="default: those of params.yaml; speed and memory do not depend on it",
    )
    parser.add_argument("--json", action="store_true", help="print JSON in place of a table")
    parser.set_defaults(handler=show)


def show(arguments: argparse.Namespace) -> None:
    """Measure and print.

    Raises
    ------
    RadbankError
        If there is nothing to count images in, or a backbone cannot be run.
    """
    from pipeline.extraction.estimation import count_images, estimate  # noqa: PLC0415 - takes a second

    if arguments.images is not None and arguments.images < 1:
        raise RadbankError(f"--images is {arguments.images}: give the number of images.")
    params = load_params()
    n_images = arguments.images or count_images()
    names = arguments.backbones.split(",") if arguments.backbones else [params.backbone]
    chosen = [_with_backbone(params, name, arguments.weights) for name in names]
    shown = track(chosen, "Measuring", total=len(chosen), unit="backbones")
    found = [estimate(each, n_images=n_images) for each in shown]
    if arguments.json:
        json.dump([_plain(each) for each in found], sys.stdout, indent=2)
        print()
        return
    console = plain_console()
    console.print(_table(found))
    console.print(_remarks(found, params, n_images))


def _with_backbone(params: Params, name: str, weights: str | None) -> Params:
    """Return the settings for a backbone, with random weights where its own are not here."""
    from features import backbones  # noqa: PLC0415 - torch takes seconds to import
    from features.weights import locate  # noqa: PLC0415 - torch takes seconds to import

    if weights is None:
        own = name == params.backbone or params.weights == "random"
        weights = params.weights if own else "imagenet"
    if weights == "imagenet" and locate(backbones.describe(name).weights_file) is None:
        weights = "random"
    return params.model_copy(update={"backbone": name, "weights": weights})


def _plain(estimate: "ExtractionEstimate") -> dict[str, Any]:
    """Return an estimate as plain values for JSON."""
    return {
        **asdict(estimate),
        "seconds": estimate.seconds(estimate.rate),
        "seconds_low": estimate.seconds(estimate.fast),
        "seconds_high": estimate.seconds(estimate.slow),
    }


def _table(estimates: list["ExtractionEstimate"]) -> Table:
    from dask.utils import format_bytes  # noqa: PLC0415 - takes a while to import

    table = Table(
        "backbone", "engine", "views/s", "time", "between", "bank", "store", "memory", box=None
    )
    table.columns[0].no_wrap = True
    for column in table.columns[2:]:
        column.justify = "right"
    for each in estimates:
        low, high = (duration(each.seconds(rate)) for rate in (each.fast, each.slow))
        table.add_row(
            each.backbone,
            f"{each.engine}, {each.precision}",
            f"{each.rate:,.1f}",
            duration(each.seconds(each.rate)),
            f"{low} and {high}",
            format_bytes(each.bank_bytes),
            format_bytes(each.store_bytes),
            format_bytes(each.memory_bytes),
        )
    return table


def _remarks(estimates: list["ExtractionEstimate"], params: Params, n_images: int) -> str:
    """Return the lines below the table: images, cache hits, random weights, the columns."""
    first = estimates[0]
    views = f"{params.features.views} augmented views each"
    lines = [
        "",
        f"{n_images:,} images with {views}: {first.image_views:,} image views, on {first.device}.",
    ]
    lines += [
        f"{each.backbone}: the bank already has {each.image_views - each.to_compute:,} of them."
        for each in estimates
        if each.to_compute < each.image_views
    ]
    untrained = [each.backbone for each in estimates if each.weights == "random"]
    if untrained:
        lines.append(
            f"Measured with RANDOM WEIGHTS, which take as long: {', '.join(untrained)} "
            "(`radbank backbones` says which weights are here)."
        )
    lines.append(
        "Time until the feature store is whole, between the rates of the fastest and slowest "
        "tenth of batches; memory at its peak."
    )
    return "\n".join(lines)
